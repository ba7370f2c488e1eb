using TlsProxy.Testing.Interop;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A file whose readers wait, as on a network that hangs, until it is released: the test holds a lease on it.</summary>
internal sealed class SlowFile(string path) : IDisposable
{
    private readonly FileLease _lease = new(path);

    /// <summary>Waits until a process wants to read it.</summary>
    public async Task AwaitedAsync()
    {
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        while (!_lease.IsAwaited)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Lets the readers go on.</summary>
    public void Release() => _lease.Dispose();

    public void Dispose() => Release();
}
