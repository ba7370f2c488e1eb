using System.Globalization;
using TlsProxy.Bench.Load.Entries;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>What all servers share: the objects below <c>/object/</c>, the certificate, the origin that has the objects, and
/// libssl.</summary>
internal sealed class Site
{
    private readonly string _folder;

    /// <param name="folder">Has <c>certs/server.pem</c>, <c>server.key</c> and <c>ca.pem</c>; the rest is made in it.</param>
    /// <param name="libSsl">The folder of libssl, or null for the system's.</param>
    public Site(string folder, string? libSsl, IEnumerable<Payload> objects)
    {
        _folder = folder;
        LibSsl = libSsl;
        Directory.CreateDirectory(Path("objects/object"));
        foreach (var item in objects)
            File.WriteAllBytes(Path($"objects/object/{item.Name}"), item.Content());
        var ports = Ports.Free(2);
        (OriginPort, ArrivalPort) = (ports[0], ports[1]);
        WriteTlsConfigurations();
    }

    public string Objects => Path("objects");

    public string Certificate => Path("certs/server.pem");

    public string Key => Path("certs/server.key");

    public string Authority => Path("certs/ca.pem");

    public int OriginPort { get; }

    /// <summary>Where the origin gets objects that arrive when the bench lets them.</summary>
    public int ArrivalPort { get; }

    public string? LibSsl { get; }

    /// <summary>The environment of servers that take libssl from the loader, and its groups from its configuration.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            var environment = new Dictionary<string, string> { ["OPENSSL_CONF"] = Path("server.cnf") };
            if (LibSsl is not null)
                environment["LD_LIBRARY_PATH"] = LibSsl;
            return environment;
        }
    }

    public string ClientConfiguration => Path("client.cnf");

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>One group on both sides and one suite of the clients, so that defaults of versions don't differ.</summary>
    private void WriteTlsConfigurations()
    {
        // The section [default] is libssl's own, and one of that name isn't read.
        const string Common = """
            openssl_conf = bench
            [bench]
            ssl_conf = ssl
            [ssl]
            system_default = all
            [all]
            Groups = X25519

            """;
        File.WriteAllText(Path("server.cnf"), Common);
        File.WriteAllText(ClientConfiguration, Common + "MinProtocol = TLSv1.3\nCiphersuites = TLS_AES_128_GCM_SHA256\n");
    }

    /// <summary>Starts the origin, which is asked once for each object.</summary>
    public void StartOrigin(ChildProcesses processes)
    {
        var configuration = Path("origin.conf");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            {{NginxFiles.Process(this, "origin")}}
            events { worker_connections 8192; }
            http {
                {{NginxFiles.Http(this, "origin")}}
                keepalive_requests 100000000;
                server {
                    listen 127.0.0.1:{{OriginPort}}; root {{Objects}};
                    location /fresh/ { alias {{Objects}}/object/; add_header Cache-Control no-store; }
                    location /entries/ { add_header Cache-Control max-age=86400; try_files /object/{{EntriesPlan.Object.Name}} =404; }
                    location /arriving/ { proxy_pass http://127.0.0.1:{{ArrivalPort}}; proxy_buffering off; }
                    # nginx answers an upload when it has all of it only where it passes something on.
                    location /upload/ {
                        client_max_body_size 8m; client_body_buffer_size 8m;
                        proxy_pass http://127.0.0.1:{{OriginPort}}/sink/; proxy_method GET; proxy_pass_request_body off;
                        proxy_set_header Content-Length '';
                    }
                    location /sink { return 200 "kept\n"; }
                }
            }
            """));
        processes.StartBeside(Path("origin.log"), "nginx", "-e", "stderr", "-p", _folder, "-c", configuration);
    }
}
