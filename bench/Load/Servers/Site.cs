using System.Globalization;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>What all servers share: the objects below <c>/object/</c>, the certificate, the origin that has the objects, and libssl.</summary>
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
        OriginPort = Ports.Free(1)[0];
        // A client's choices hold for every server alike: one group and one suite, so that defaults of versions don't differ.
        File.WriteAllText(Path("client.cnf"), """
            openssl_conf = default
            [default]
            ssl_conf = ssl
            [ssl]
            system_default = client
            [client]
            MinProtocol = TLSv1.3
            Groups = X25519
            Ciphersuites = TLS_AES_128_GCM_SHA256
            """);
    }

    public string Objects => Path("objects");

    public string Certificate => Path("certs/server.pem");

    public string Key => Path("certs/server.key");

    public string Authority => Path("certs/ca.pem");

    public int OriginPort { get; }

    public string? LibSsl { get; }

    /// <summary>The environment of servers that take libssl from the loader.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        LibSsl is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = LibSsl };

    public string ClientConfiguration => Path("client.cnf");

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>Starts the origin, which is asked once for each object.</summary>
    public void StartOrigin(ChildProcesses processes)
    {
        var configuration = Path("origin.conf");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            {{NginxFiles.Process(this, "origin")}}
            events { }
            http {
                {{NginxFiles.Http(this, "origin")}}
                server { listen 127.0.0.1:{{OriginPort}}; root {{Objects}}; }
            }
            """));
        processes.StartBeside(Path("origin.log"), "nginx", "-e", "stderr", "-p", _folder, "-c", configuration);
    }
}
