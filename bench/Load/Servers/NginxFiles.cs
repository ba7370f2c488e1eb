namespace TlsProxy.Bench.Load.Servers;

/// <summary>The parts of an nginx configuration that keep all its files in the bench's folder and its processor time in one
/// process.</summary>
internal static class NginxFiles
{
    /// <summary>Locations that pass requests on, each kind in the two ways of which either may be the cheaper.</summary>
    public const string Forwarding = """
        proxy_max_temp_file_size 0; client_max_body_size 8m; client_body_buffer_size 8m;
                location /fresh/ { proxy_cache off; proxy_pass http://kept; }
                location /unbuffered/fresh/ { proxy_cache off; proxy_buffering off; proxy_pass http://kept/fresh/; }
                location /upload/ { proxy_cache off; proxy_pass http://kept; }
                location /unbuffered/upload/ { proxy_cache off; proxy_request_buffering off; proxy_pass http://kept/upload/; }
                location /arriving/ { proxy_cache_lock on; proxy_cache_lock_age 60s; proxy_cache_lock_timeout 60s; proxy_pass http://kept; }
        """;

    public static string Process(Site site, string name) =>
        $"daemon off; master_process off; pid {site.Path(name)}.pid; error_log stderr;{User()}";

    public static string Http(Site site, string name)
    {
        var kinds = new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" };
        return "access_log off; " + string.Join(' ', kinds.Select(kind => $"{kind}_temp_path {site.Path($"{name}-{kind}")};"));
    }

    /// <summary>The origin, with connections that are kept.</summary>
    public static string Origin(Site site) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"upstream kept {{ server 127.0.0.1:{site.OriginPort}; keepalive 256; }} proxy_http_version 1.1; proxy_set_header Connection '';");

    // Without a master process nginx stays who it is; the directive only keeps it from looking for its default user.
    private static string User() => Environment.UserName == "root" ? " user root;" : string.Empty;
}
