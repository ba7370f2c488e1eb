using System.Buffers.Binary;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.SocketConstants;
using static TlsProxy.Uring.Interop.TlsConstants;

namespace TlsProxy.Ktls.Kernel;

/// <summary>The socket options that hand records to the kernel (Documentation/networking/tls.rst).</summary>
internal static class KtlsSocket
{
    /// <summary>Attaches the TLS upper-layer protocol. Until a key is set the socket still sends plaintext.</summary>
    public static Errno Attach(ISocketCalls sockets, int descriptor) => sockets.SetOption(descriptor, IPPROTO_TCP, TCP_ULP, "tls"u8);

    public static Errno SetTransmit(ISocketCalls sockets, int descriptor, SessionKeys keys) =>
        Set(sockets, descriptor, TLS_TX, keys, keys.Transmit);

    public static Errno SetReceive(ISocketCalls sockets, int descriptor, SessionKeys keys) =>
        Set(sockets, descriptor, TLS_RX, keys, keys.Receive);

    /// <summary>Asks for the sequence number of the next record received: how many there were.</summary>
    /// <returns>False where the kernel doesn't tell.</returns>
    public static bool TryReadReceiveSequence(ISocketCalls sockets, int descriptor, SessionKeys session, out ulong sequence)
    {
        // The answer holds the key too.
        Span<byte> info = stackalloc byte[CryptoInfo.LengthMaximum];
        var aead = session.Suite.Aead();
        CryptoInfo.WriteHeader(info, session.Version, aead);
        var whole = info[..CryptoInfo.LengthOf(aead)];
        var error = sockets.GetOption(descriptor, SOL_TLS, TLS_RX, whole, out var length);
        sequence = BinaryPrimitives.ReadUInt64BigEndian(whole[^sizeof(ulong)..]);
        CryptographicOperations.ZeroMemory(info);
        return error == Errno.None && length == whole.Length;
    }

    private static Errno Set(ISocketCalls sockets, int descriptor, int option, SessionKeys session, TrafficKeys keys)
    {
        Span<byte> info = stackalloc byte[CryptoInfo.LengthMaximum];
        var length = CryptoInfo.Write(info, session.Version, session.Suite.Aead(), keys);
        var error = sockets.SetOption(descriptor, SOL_TLS, option, info[..length]);
        CryptographicOperations.ZeroMemory(info);
        return error;
    }
}
