namespace TlsProxy.Bench.Load.Servers;

/// <summary>The parts of an nginx configuration that keep all its files in the bench's folder and its processor time in one process.</summary>
internal static class NginxFiles
{
    public static string Process(Site site, string name) =>
        $"daemon off; master_process off; pid {site.Path(name)}.pid; error_log stderr;{User()}";

    public static string Http(Site site, string name)
    {
        var kinds = new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" };
        return "access_log off; " + string.Join(' ', kinds.Select(kind => $"{kind}_temp_path {site.Path($"{name}-{kind}")};"));
    }

    // Without a master process nginx stays who it is; the directive only keeps it from looking for its default user.
    private static string User() => Environment.UserName == "root" ? " user root;" : string.Empty;
}
