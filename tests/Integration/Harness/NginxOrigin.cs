using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A real nginx on a port of its own that serves files and writes down each request.</summary>
internal sealed class NginxOrigin : IOriginServer
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly int _port;

    private NginxOrigin(int port)
    {
        _port = port;
        MakeReadable(_folder.Location);
        foreach (var folder in (string[])["files", "files/object", "files/text"])
            MakeReadable(Directory.CreateDirectory(_folder[folder]).FullName);
        File.WriteAllText(_folder["nginx.conf"], Configuration());
        _process = Process.Start(new ProcessStartInfo(FindNginx(),
            ["-e", _folder["error.log"], "-p", _folder.Location, "-c", _folder["nginx.conf"]])
        { RedirectStandardError = true })!;
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>The UNIX socket on which it listens too, as the proxy's option has it.</summary>
    public Uri Socket => new("unix:" + _folder["nginx.sock"]);

    public static async Task<NginxOrigin> StartAsync()
    {
        for (var tries = 0; ; tries++)
        {
            var origin = new NginxOrigin(FreePort());
            if (await origin.AnswersAsync())
                return origin;
            var error = File.Exists(origin._folder["error.log"]) ? await File.ReadAllTextAsync(origin._folder["error.log"]) : "";
            await origin.DisposeAsync();
            if (tries == 4)
                throw new InvalidOperationException($"nginx did not start: {error}");
        }
    }

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

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Command.RunAsync("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
        _folder.Dispose();
    }

    private string Add(string folder, string name, byte[] content)
    {
        var file = Path.Combine(_folder["files"], folder, name);
        File.WriteAllBytes(file, content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return $"/{folder}/{name}";
    }

    public static string FindNginx() =>
        new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx" }.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("nginx is missing: scripts/test installs it.");

    private static void MakeReadable(string folder) => File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task<bool> AnswersAsync()
    {
        for (var tries = 0; tries < 500 && !_process.HasExited; tries++)
        {
            try
            {
                await AskAsync("/");
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20);
            }
        }
        return false;
    }

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
