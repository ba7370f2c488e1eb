namespace TlsProxy.Handshake;

/// <summary>Handshake objects that have served and will again, so that a handshake allocates nothing and an established connection keeps
/// nothing of it. It belongs to one thread.</summary>
public sealed class HandshakePool(TlsContext context) : IDisposable
{
    private const int KeptMaximum = 64;

    private readonly Stack<ServerHandshake> _free = new();

    public ServerHandshake Rent() => _free.TryPop(out var handshake) ? handshake : new ServerHandshake(context);

    /// <summary>Takes one back, whatever has become of it.</summary>
    public void Return(ServerHandshake handshake)
    {
        ArgumentNullException.ThrowIfNull(handshake);
        handshake.Reset();
        if (_free.Count < KeptMaximum)
            _free.Push(handshake);
        else
            handshake.Dispose();
    }

    public void Dispose()
    {
        while (_free.TryPop(out var handshake))
            handshake.Dispose();
    }
}
