namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>A file that takes nothing until it is let.</summary>
internal sealed class BlockedStream : MemoryStream
{
    private readonly ManualResetEventSlim _open = new();

    public ManualResetEventSlim Reached { get; } = new();

    public void Open() => _open.Set();

    public override void Write(byte[] buffer, int offset, int count)
    {
        Reached.Set();
        _open.Wait();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Reached.Set();
        _open.Wait();
    }
}
