using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TlsProxy.Testing;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A real nginx that serves over TLS, one port for each way to do so. Its answers say in fields what their connection has agreed
/// on. Below /closing/ it ends the connection behind each.</summary>
internal sealed class NginxTlsOrigin : IAsyncDisposable
{
    /// <summary>Bytes of <c>/closing/body</c> and <c>/body</c>.</summary>
    public static readonly byte[] Body = TestContent.Make(1_000_000);

    private static readonly string[] Kinds = ["TLSv1.2", "TLSv1.3", "client", "other", "expired", "foreign"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, int> _ports = [];
    private readonly NginxProcess _nginx;

    private NginxTlsOrigin()
    {
        using var authority = TestAuthority.CreateRoot();
        using var foreign = TestAuthority.CreateRoot("Another CA");
        File.WriteAllText(AuthorityFile, authority.CertificatePem);
        Save(authority.IssueForClient("CN=proxy"), "client-of");
        Save(authority.Issue(["localhost", "127.0.0.1"]), "good");
        Save(authority.Issue(["other.example"]), "other");
        var now = DateTimeOffset.UtcNow;
        Save(authority.Issue(["localhost"], notBefore: now.AddDays(-9), notAfter: now.AddDays(-2)), "expired");
        Save(foreign.Issue(["localhost"]), "foreign");
        File.SetUnixFileMode(_folder.Location, (UnixFileMode)0b111_101_101);
        foreach (var folder in (string[])["files", "files/closing"])
        {
            Directory.CreateDirectory(_folder[folder]);
            File.WriteAllBytes(Path.Combine(_folder[folder], "body"), Body);
        }

        using (var ports = new FreePorts())
        {
            foreach (var kind in Kinds)
                _ports[kind] = ports.Take();
        }

        _nginx = new NginxProcess(_folder, Configuration());
    }

    public string AuthorityFile => _folder["ca.pem"];

    /// <summary>A certificate that nginx asks clients for on its port <c>client</c>.</summary>
    public string ClientCertificateFile => _folder["client-of.pem"];

    public string ClientKeyFile => _folder["client-of.key"];

    /// <param name="kind">A version of TLS, <c>client</c> for one that requires a certificate, or what is wrong with its own:
    /// <c>other</c>, <c>expired</c>, <c>foreign</c>.</param>
    public Uri Address(string kind) => new(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{_ports[kind]}"));

    public static Task<NginxTlsOrigin> StartAsync() =>
        NginxProcess.StartAsync(static () => new NginxTlsOrigin(), static origin => origin._nginx, static origin => origin.ConnectAsync());

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private void Save(TestLeaf leaf, string name) => leaf.Save(_folder[$"{name}.pem"], _folder[$"{name}.key"]);

    private async Task ConnectAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _ports[Kinds[^1]]);
    }

    private string Configuration() => $$"""
        daemon off;
        master_process off;
        worker_processes 1;
        pid {{_folder["nginx.pid"]}};
        error_log {{_folder["error.log"]}};
        events { worker_connections 1024; }
        http {
            access_log off;
            client_body_temp_path {{_folder["temporary"]}};
            proxy_temp_path {{_folder["proxy"]}};
            fastcgi_temp_path {{_folder["fastcgi"]}};
            uwsgi_temp_path {{_folder["uwsgi"]}};
            scgi_temp_path {{_folder["scgi"]}};
            default_type application/octet-stream;
            ssl_session_cache shared:sessions:1m;
            {{string.Join('\n', Kinds.Select(Server))}}
        }
        """;

    private string Server(string kind) => $$"""
        server {
            listen 127.0.0.1:{{_ports[kind].ToString(CultureInfo.InvariantCulture)}} ssl;
            ssl_certificate {{_folder[$"{FileOf(kind)}.pem"]}};
            ssl_certificate_key {{_folder[$"{FileOf(kind)}.key"]}};
            ssl_protocols {{(kind.StartsWith("TLS", StringComparison.Ordinal) ? kind : "TLSv1.2 TLSv1.3")}};
            {{(kind == "client" ? $"ssl_verify_client on; ssl_client_certificate {AuthorityFile};" : "")}}
            root {{_folder["files"]}};
            add_header Cache-Control no-store always;
            add_header X-Reused $ssl_session_reused always;
            add_header X-Protocol $ssl_protocol always;
            add_header X-Name $ssl_server_name always;
            add_header X-Client $ssl_client_s_dn always;
            location /closing/ { keepalive_timeout 0; }
        }
        """;

    private static string FileOf(string kind) => kind is "other" or "expired" or "foreign" ? kind : "good";
}
