namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

/// <summary>A stream whose writes end when a test says so.</summary>
internal sealed class HeldStream : MemoryStream
{
    private readonly SemaphoreSlim _begun = new(0);
    private TaskCompletionSource _write = new();

    /// <summary>What is being written.</summary>
    public ReadOnlyMemory<byte> Writing { get; private set; }

    /// <summary>Waits until a write is under way.</summary>
    public Task WaitForWriteAsync() => _begun.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Lets the write end.</summary>
    public void EndWrite() => Interlocked.Exchange(ref _write, new TaskCompletionSource()).SetResult();

    public void FailWrite() => _write.SetException(new IOException("The connection has ended."));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = _write.Task;
        Writing = buffer;
        _begun.Release();
        await write;
        await base.WriteAsync(buffer, CancellationToken.None);
    }

    protected override void Dispose(bool disposing)
    {
        _begun.Dispose();
        base.Dispose(disposing);
    }
}
