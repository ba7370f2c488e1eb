using TlsProxy.Handshake.OpenSsl;

namespace TlsProxy.Proxy.Connections.Handshakes;

/// <summary>Watches how many unfinished handshakes hold memory, for all workers together. The C library keeps what they free;
/// after many have ended it is told to give it back.</summary>
internal sealed class HandshakeMemory
{
    // Some ten megabytes; less isn't worth the walk through all of the heap.
    private const int WorthTrimming = 128;

    // Added to by all workers' threads, by Interlocked alone.
    private int _held;

    // Written by any worker and by the thread that trims. It is a hint of when to trim, so that a lost write does no harm.
    private int _highest;

    /// <summary>Handshakes that hold memory.</summary>
    public int Held => Volatile.Read(ref _held);

    public void Add(int count)
    {
        var held = Interlocked.Add(ref _held, count);
        if (held > Volatile.Read(ref _highest))
            Volatile.Write(ref _highest, held);
    }

    /// <summary>Gives memory back where much was held since the last time and isn't now. Callable from any thread.</summary>
    public void Trim()
    {
        var held = Held;
        if (Volatile.Read(ref _highest) - held < WorthTrimming)
            return;
        Volatile.Write(ref _highest, held);
        OpenSslLibrary.TrimMemory();
    }
}
