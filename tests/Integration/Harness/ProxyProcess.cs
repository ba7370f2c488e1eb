using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A proxy in a process of its own, on ports of its own, with one TLS and one plaintext listener.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    public static readonly string Program = TestRun.Proxy ?? Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../src/Proxy/bin", Configuration, "net10.0/tlsproxy"));

    private readonly Process _process;
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<int> _tlsPort = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _plaintextPort = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _logEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _adminPort = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProxyProcess(
        TestCertificates certificates, Uri origin, IReadOnlyDictionary<string, string> environment, string[] options, string[] launcher)
    {
        Certificates = certificates;
        string[] command =
        [
            .. launcher, Program,
            "serve", "--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0",
            "--origin", origin.Scheme == "unix" ? origin.OriginalString : origin.GetLeftPart(UriPartial.Authority),
            .. HasCertificate(options) ? [] : (string[])["--certificate", certificates.CertificateFile, "--key", certificates.KeyFile],
            "--admin", "http://127.0.0.1:0", .. options,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder.Location,
        };
        start.Environment["HOME"] = _folder.Location;
        TestRun.RemoveVariables(start.Environment);
        if (TestRun.Transport is { } transport)
            start.Environment["TLSPROXY_TRANSPORT"] = transport;
        if (TestRun.LibSsl is { } library)
            start.Environment["TLSPROXY_LIBSSL"] = library;
        if (TestRun.Engine is { } engine)
            start.Environment["TLSPROXY_TLS_ENGINE"] = engine;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
    }

    public TestCertificates Certificates { get; }

    public Uri AdminAddress => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_adminPort.Task.Result}/"));

    /// <summary>Where the token for the admin address lies unless an option says otherwise.</summary>
    public string TokenFile => _folder[".tlsproxy/admin-token"];

    /// <summary>The access log of a proxy that was given <c>access.log</c> for it.</summary>
    public string AccessLogFile => _folder["access.log"];

    public int ProcessId => _process.Id;

    /// <summary>The status with which it is to end.</summary>
    public int ExpectedStatus { get; set; }

    public string Log => string.Join('\n', _log);

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Starts a proxy and returns when it serves.</summary>
    public static Task<ProxyProcess> StartAsync(TestCertificates certificates, Uri origin, params string[] options) =>
        StartAsync(certificates, origin, new Dictionary<string, string>(), options, []);

    /// <param name="options">Options of <c>tlsproxy serve</c>.</param>
    /// <param name="launcher">What is put before the program and becomes it.</param>
    /// <param name="environment">Variables that are set for it; of those around the tests it sees no TLSPROXY_ one.</param>
    public static async Task<ProxyProcess> StartAsync(
        TestCertificates certificates, Uri origin, IReadOnlyDictionary<string, string> environment, string[] options, string[] launcher)
    {
        var proxy = new ProxyProcess(certificates, origin, environment, options, launcher);
        proxy._process.Start();
        proxy._process.BeginErrorReadLine();
        proxy._process.BeginOutputReadLine();
        var ready = Task.WhenAll(proxy._tlsPort.Task, proxy._plaintextPort.Task, proxy._adminPort.Task);
        if (await Task.WhenAny(ready, proxy._logEnd.Task, Task.Delay(RunningKernel.TestLimit)) == ready)
            return proxy;

        proxy.Kill();
        throw new InvalidOperationException($"The proxy did not start ({string.Join(' ', options)}). It said:\n{proxy.Log}");
    }

    public int Port(Transport transport) => transport.IsTls() ? _tlsPort.Task.Result : _plaintextPort.Task.Result;

    /// <summary>The port of a further listener, by what the log says of it, such as <c>listening on https+proxy</c>.</summary>
    public async Task<int> PortOfAsync(string words)
    {
        var clock = Stopwatch.StartNew();
        var port = new TaskCompletionSource<int>();
        while (true)
        {
            foreach (var line in _log)
                FindPort(line, words + "://127.0.0.1:", port);
            if (port.Task.IsCompleted)
                return await port.Task;
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException($"The log doesn't say '{words}':\n{Log}");
            await Task.Delay(20);
        }
    }

    public string Address(Transport transport) =>
        string.Create(CultureInfo.InvariantCulture, $"{(transport.IsTls() ? "https" : "http")}://localhost:{Port(transport)}");

    public Task<ProxyStatistics> ReadStatisticsAsync() => ProxyStatistics.ReadAsync(_adminPort.Task.Result);

    /// <summary>Reads the statistics again and again until they are as the test expects; fails at the limit of a test.</summary>
    public async Task<ProxyStatistics> WaitUntilAsync(Func<ProxyStatistics, bool> condition, string expectation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var statistics = await ReadStatisticsAsync();
            if (condition(statistics))
                return statistics;
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException($"Expected {expectation}, but the proxy says {statistics}\n{Log}");
            await Task.Delay(20);
        }
    }

    /// <summary>Memory in use by the process (VmRSS, proc_pid_status(5)).</summary>
    public long ReadResidentBytes()
    {
        var line = File.ReadLines($"/proc/{ProcessId}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the process has no more memory than that; it isn't asked for anything meanwhile.</summary>
    public async Task WaitForResidentBytesAsync(long bytes)
    {
        var clock = Stopwatch.StartNew();
        while (ReadResidentBytes() > bytes)
        {
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException($"The proxy keeps {ReadResidentBytes()} bytes; expected were at most {bytes}.");
            await Task.Delay(100);
        }
    }

    /// <summary>Sockets, rings and events; the runtime opens files of its own whenever it loads an assembly.</summary>
    public int CountDescriptors() => Directory.GetFiles($"/proc/{ProcessId}/fd")
        .Select(file => new FileInfo(file).LinkTarget)
        .Count(target => target?.StartsWith("socket:", StringComparison.Ordinal) == true
            || target?.StartsWith("anon_inode:", StringComparison.Ordinal) == true);

    /// <summary>The port that the log says after a text, once it does.</summary>
    public async Task<int> WaitForPortAsync(string text)
    {
        await WaitForLogAsync(text);
        var port = new TaskCompletionSource<int>();
        FindPort(Log, text, port);
        return port.Task.IsCompleted ? await port.Task : throw new InvalidOperationException($"No port follows '{text}':\n{Log}");
    }

    /// <summary>Waits until the log holds a text.</summary>
    public async Task WaitForLogAsync(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException($"The log doesn't say '{text}':\n{Log}");
            await Task.Delay(20);
        }
    }

    /// <summary>Sends a signal, such as HUP.</summary>
    public Task SignalAsync(string name) => Command.RunAsync(
        "/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {ProcessId}")]);

    /// <summary>Sends a POST to the admin address with the token; returns the status and the answer.</summary>
    public async Task<(int Status, string Answer)> PostAsync(string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }, disposeHandler: true);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(TokenFile)).Trim());
        using var response = await client.PostAsync(new Uri(AdminAddress, path), null);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks the proxy to end, as an operator would, and returns its exit status when it has.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
            await SignalAsync("TERM");
        return await WaitForExitAsync("on SIGTERM");
    }

    /// <summary>Waits for the exit status of a proxy that ends without being asked by the test.</summary>
    /// <param name="reason">What is to end it.</param>
    public async Task<int> WaitForExitAsync(string reason)
    {
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw new TimeoutException($"The proxy did not end {reason}. It said:\n{Log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            var status = await StopAsync();
            if (status != ExpectedStatus)
                throw new InvalidOperationException($"The proxy ended with status {status}. It said:\n{Log}");
        }
        finally
        {
            _process.Dispose();
            _folder.Dispose();
        }
    }

    private static bool HasCertificate(string[] options) => options.Any(option => option is "--certificate" or "--key" or "--certificates");

    private static void FindPort(string line, string prefix, TaskCompletionSource<int> port)
    {
        var start = line.IndexOf(prefix, StringComparison.Ordinal);
        if (start < 0)
            return;
        var digits = string.Concat(line.Skip(start + prefix.Length).TakeWhile(char.IsAsciiDigit));
        if (int.TryParse(digits, CultureInfo.InvariantCulture, out var number))
            port.TrySetResult(number);
    }

    private void OnLine(string? line)
    {
        Keep(line);
        if (line is null)
        {
            _logEnd.TrySetResult();
            return;
        }
        FindPort(line, "statistics on http://127.0.0.1:", _adminPort);
        FindPort(line, "listening on https://127.0.0.1:", _tlsPort);
        FindPort(line, "listening on http://127.0.0.1:", _plaintextPort);
    }

    private void Keep(string? line)
    {
        // The newest lines tell why a test failed; a chatty log must not grow without bound.
        if (line is not null)
            _log.Enqueue(line);
        while (_log.Count > 400)
            _log.TryDequeue(out _);
    }

    private void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
    }
}
