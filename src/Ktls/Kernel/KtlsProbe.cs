using System.Net.Sockets;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Ktls.Kernel;

/// <summary>Tries the kernel's TLS on a loopback connection, one record each way for every version and cipher.</summary>
public static class KtlsProbe
{
    private const int PatienceMilliseconds = 2000;

    /// <summary>Runs the probe; it takes some milliseconds.</summary>
    public static KtlsReport Run()
    {
        CipherSuite[] suites =
        [
            CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256,
            CipherSuite.EcdheRsaAes128Gcm, CipherSuite.EcdheRsaAes256Gcm, CipherSuite.EcdheRsaChaCha20,
        ];
        return new KtlsReport(
            Try(suites[0], (_, _, _, _) => Errno.None),
            [.. suites.Select(suite => new KtlsSupport(
                ProbeKeys.VersionOf(suite), suite.Aead(), Try(suite, TryTransmit), Try(suite, TryReceive)))]);
    }

    /// <summary>One sentence on what an error of the probe means.</summary>
    public static string Explain(Errno error) => error switch
    {
        Errno.None => "works",
        Errno.ENOENT => "the kernel has no module for it: load it (modprobe tls), or name it in /etc/modules-load.d",
        Errno.ENOPROTOOPT or Errno.EINVAL => "this kernel doesn't know it",
        Errno.EBADMSG => "the kernel accepted the keys, but the records were wrong",
        _ => $"the kernel answered {error}",
    };

    private static Errno Try(CipherSuite suite, Func<Socket, Socket, SessionKeys, SessionKeys, Errno> direction)
    {
        using var pair = new LoopbackPair();
        pair.Ours.ReceiveTimeout = pair.Peer.ReceiveTimeout = PatienceMilliseconds;
        using var keys = ProbeKeys.Create(suite);
        using var same = ProbeKeys.Create(suite);
        var error = KtlsSocket.Attach(new SocketCalls(), (int)pair.Ours.Handle);
        if (error != Errno.None)
            return error;
        try
        {
            return direction(pair.Ours, pair.Peer, keys, same);
        }
        catch (SocketException)
        {
            return Errno.EBADMSG;
        }
    }

    private static Errno TryTransmit(Socket ours, Socket peer, SessionKeys keys, SessionKeys same)
    {
        var error = KtlsSocket.SetTransmit(new SocketCalls(), (int)ours.Handle, keys);
        if (error != Errno.None)
            return error;
        ours.Send("probe"u8);
        using var opener = new RecordOpener(same.Version, same.Suite, same.Transmit);
        var record = new byte["probe"u8.Length + opener.Format.Overhead];
        for (var read = 0; read < record.Length;)
        {
            var count = peer.Receive(record.AsSpan(read));
            if (count == 0)
                return Errno.EBADMSG;
            read += count;
        }

        var opened = new byte[record.Length];
        var type = opener.Open(record, opened, out var length, out _);
        return type == ContentType.ApplicationData && opened.AsSpan(0, length).SequenceEqual("probe"u8) ? Errno.None : Errno.EBADMSG;
    }

    private static Errno TryReceive(Socket ours, Socket peer, SessionKeys keys, SessionKeys same)
    {
        var error = KtlsSocket.SetReceive(new SocketCalls(), (int)ours.Handle, keys);
        if (error != Errno.None)
            return error;
        using var sealer = new RecordSealer(same.Version, same.Suite, same.Receive);
        var record = new byte["probe"u8.Length + sealer.Format.Overhead];
        peer.Send(record.AsSpan(0, sealer.Seal(ContentType.ApplicationData, "probe"u8, record)));
        Span<byte> opened = stackalloc byte[64];
        return opened[..ours.Receive(opened)].SequenceEqual("probe"u8) ? Errno.None : Errno.EBADMSG;
    }
}
