using System.Diagnostics;
using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A real nginx on a port of its own that serves files and writes down each request.</summary>
internal sealed class NginxOrigin : IOriginServer
{
    private readonly TemporaryFolder _folder = new();
    private readonly NginxProcess _nginx;
    private readonly int _port;

    private NginxOrigin()
    {
        using (var ports = new FreePorts())
            _port = ports.Take();
        MakeReadable(_folder.Location);
        foreach (var folder in (string[])["files", "files/object", "files/text"])
            MakeReadable(Directory.CreateDirectory(_folder[folder]).FullName);
        _nginx = new NginxProcess(_folder, Configuration());
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>The UNIX socket on which it listens too, as the proxy's option has it.</summary>
    public Uri Socket => new("unix:" + _folder["nginx.sock"]);

    public static Task<NginxOrigin> StartAsync() =>
        NginxProcess.StartAsync(static () => new NginxOrigin(), static origin => origin._nginx, static origin => origin.AskAsync("/"));

    /// <summary>Serves <paramref name="content"/> below /object/ and returns its path.</summary>
    public string Add(string name, byte[] content) => Add("object", name, content);

    /// <summary>Serves <paramref name="content"/> compressed for clients that accept gzip, below /text/ with <c>Vary</c> and below
    /// /unvaried/ without; the parameter <c>control</c> is its Cache-Control.</summary>
    /// <returns>The file's name below both.</returns>
    public string AddText(byte[] content)
    {
        var name = Guid.NewGuid().ToString("N");
        Add("text", name, content);
        return name;
    }

    /// <summary>How many requests for this path have arrived so far.</summary>
    public async Task<int> CountRequestsAsync(string path)
    {
        // nginx writes a line after its answer; the line of a later request of ours tells that earlier ones are written.
        var marker = "/" + Guid.NewGuid().ToString("N");
        await AskAsync(marker);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var lines = await File.ReadAllLinesAsync(_folder["access.log"]);
            if (lines.Any(l => l.EndsWith(' ' + marker, StringComparison.Ordinal)))
                return lines.Count(l => l.EndsWith(' ' + path, StringComparison.Ordinal));
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException("nginx does not write its access log.");
            await Task.Delay(10);
        }
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private string Add(string folder, string name, byte[] content)
    {
        var file = Path.Combine(_folder["files"], folder, name);
        File.WriteAllBytes(file, content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return $"/{folder}/{name}";
    }

    private static void MakeReadable(string folder) => File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);

    private async Task AskAsync(string path)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(new Uri(Address, path));
    }

    private string Configuration() => $$"""
        daemon off;
        master_process off;
        worker_processes 1;
        pid {{_folder["nginx.pid"]}};
        error_log {{_folder["error.log"]}};
        events { worker_connections 4096; }
        http {
            log_format line '$request_method $uri';
            access_log {{_folder["access.log"]}} line;
            client_body_temp_path {{_folder["body"]}};
            proxy_temp_path {{_folder["proxy"]}};
            fastcgi_temp_path {{_folder["fastcgi"]}};
            uwsgi_temp_path {{_folder["uwsgi"]}};
            scgi_temp_path {{_folder["scgi"]}};
            default_type application/octet-stream;
            keepalive_requests 1000000;
            server {
                listen unix:{{_folder["nginx.sock"]}};
                root {{_folder["files"]}};
                add_header X-Host $host always;
            }
            server {
                listen 127.0.0.1:{{_port.ToString(CultureInfo.InvariantCulture)}};
                root {{_folder["files"]}};
                gzip_types text/css;
                gzip_proxied any;
                gzip_http_version 1.0;
                location /text/ {
                    default_type text/css;
                    gzip on;
                    gzip_vary on;
                    add_header Cache-Control $arg_control;
                }
                location /unvaried/ {
                    alias {{_folder["files/text"]}}/;
                    default_type text/css;
                    gzip on;
                    add_header Cache-Control $arg_control;
                }
            }
        }
        """;
}
