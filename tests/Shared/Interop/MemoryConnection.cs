using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>An SSL object over two memory BIOs.</summary>
internal abstract unsafe class MemoryConnection : SafeHandle
{
    private readonly SafeHandle _context;
    private readonly nint _input;
    private readonly nint _output;

    /// <param name="context">An SSL_CTX.</param>
    private protected MemoryConnection(SafeHandle context)
        : base(0, ownsHandle: true)
    {
        _context = context;
        SetHandle(LibSsl.SSL_new(context.DangerousGetHandle()));
        _input = LibSsl.BIO_new(LibSsl.BIO_s_mem());
        _output = LibSsl.BIO_new(LibSsl.BIO_s_mem());
        // An empty input means that more may come, not the end.
        LibSsl.BIO_ctrl(_input, LibSsl.BIO_C_SET_BUF_MEM_EOF_RETURN, -1, null);
        LibSsl.SSL_set_bio(handle, _input, _output);
    }

    public override bool IsInvalid => handle == 0;

    public bool WasResumed => LibSsl.SSL_session_reused(handle) == 1;

    /// <summary>The client's random and a secret of the handshake, by its label of SSLKEYLOGFILE.</summary>
    public (byte[] Random, byte[] Secret) Secret(string label) => KeyLog.Find(handle, label);

    /// <returns>0 when it is done, or an error code of SSL_get_error.</returns>
    public int Handshake()
    {
        LibSsl.ERR_clear_error();
        return LibSsl.SSL_get_error(handle, LibSsl.SSL_do_handshake(handle));
    }

    public void Offer(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            if (!bytes.IsEmpty && LibSsl.BIO_write(_input, pointer, bytes.Length) != bytes.Length)
                throw new InvalidOperationException("libssl has no memory.");
        }
    }

    public int PendingOutput => (int)LibSsl.BIO_ctrl(_output, LibSsl.BIO_CTRL_PENDING, 0, null);

    public int ReadOutput(Span<byte> destination)
    {
        fixed (byte* pointer = destination)
            return Math.Max(0, LibSsl.BIO_read(_output, pointer, destination.Length));
    }

    /// <returns>Bytes; or 0 with an error code of SSL_get_error.</returns>
    public int Read(Span<byte> destination, out int error)
    {
        LibSsl.ERR_clear_error();
        fixed (byte* pointer = destination)
        {
            var count = LibSsl.SSL_read(handle, pointer, destination.Length);
            error = count > 0 ? 0 : LibSsl.SSL_get_error(handle, count);
            return Math.Max(0, count);
        }
    }

    public bool Write(ReadOnlySpan<byte> bytes)
    {
        LibSsl.ERR_clear_error();
        fixed (byte* pointer = bytes)
            return LibSsl.SSL_write(handle, pointer, bytes.Length) == bytes.Length;
    }

    public void Shutdown()
    {
        LibSsl.ERR_clear_error();
        _ = LibSsl.SSL_shutdown(handle);
    }

    public void UpdateKeys(bool requested)
    {
        LibSsl.ERR_clear_error();
        if (LibSsl.SSL_key_update(handle, requested ? 1 : 0) != 1 || LibSsl.SSL_do_handshake(handle) != 1)
            throw new InvalidOperationException("libssl doesn't update its keys now.");
    }

    /// <summary>Asks for another handshake with the next read, which awaits its answer too.</summary>
    /// <returns>Whether it will be asked for.</returns>
    public bool TryRenegotiate()
    {
        LibSsl.ERR_clear_error();
        return LibSsl.SSL_renegotiate(handle) == 1;
    }

    /// <summary>What went wrong last.</summary>
    /// <param name="alert">The alert of the peer behind it, or -1.</param>
    public static string TakeError(out int alert)
    {
        // Reasons from 1000 on are alerts received (openssl/ssl.h, SSL_AD_REASON_OFFSET).
        var error = LibSsl.ERR_get_error();
        var reason = (int)(error & 0x7FFFFF);
        alert = reason is >= 1000 and < 1256 ? reason - 1000 : -1;
        LibSsl.ERR_clear_error();
        return Marshal.PtrToStringUTF8((nint)LibSsl.ERR_reason_error_string(error)) ?? "no reason given";
    }

    protected override bool ReleaseHandle()
    {
        // Else libssl takes the session for one that ended badly, and would not resume it.
        LibSsl.SSL_set_shutdown(handle, LibSsl.SSL_SENT_SHUTDOWN);
        KeyLog.Forget(handle);
        LibSsl.SSL_free(handle);
        GC.KeepAlive(_context);
        return true;
    }

    private protected void Set(int command, string text)
    {
        fixed (byte* bytes = System.Text.Encoding.ASCII.GetBytes(text + '\0'))
        {
            if (LibSsl.SSL_ctrl(handle, command, 0, bytes) != 1)
                throw new InvalidOperationException($"libssl takes no '{text}'.");
        }
    }
}
