using System.Runtime.InteropServices;
using System.Text;
using TlsProxy.Handshake.Keys;
using static TlsProxy.Handshake.Tests.Interop.ClientLibrary;

namespace TlsProxy.Handshake.Tests.Interop;

/// <summary>A client of libssl in memory: what the server says in, what is to be sent to it out.</summary>
internal sealed unsafe class OpenSslClient : IDisposable
{
    private readonly nint _context;
    private readonly nint _ssl;
    private readonly nint _input;
    private readonly nint _output;

    /// <param name="groups">As <c>P-256:X25519</c>; the share sent first is of the first. Null for libssl's own.</param>
    /// <param name="session">A session to resume, or 0; it stays the caller's.</param>
    /// <param name="certificate">What is presented to a server that asks, as PEM files of the chain and the key.</param>
    public OpenSslClient(TlsVersion version, string? groups = null, nint session = 0, (string Chain, string Key)? certificate = null)
    {
        _context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_ctrl(_context, SSL_CTRL_SET_MIN_PROTO_VERSION, (nint)version, null);
        SSL_CTX_ctrl(_context, SSL_CTRL_SET_MAX_PROTO_VERSION, (nint)version, null);
        if (certificate is { } files)
        {
            Assert.Equal(1, SSL_CTX_use_certificate_chain_file(_context, files.Chain));
            Assert.Equal(1, SSL_CTX_use_PrivateKey_file(_context, files.Key, SSL_FILETYPE_PEM));
        }

        _ssl = SSL_new(_context);
        _input = BIO_new(BIO_s_mem());
        _output = BIO_new(BIO_s_mem());
        BIO_ctrl(_input, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, null);
        SSL_set_bio(_ssl, _input, _output);
        SSL_set_connect_state(_ssl);
        Set(SSL_CTRL_SET_TLSEXT_HOSTNAME, "localhost");
        if (groups is not null)
            Set(SSL_CTRL_SET_GROUPS_LIST, groups);
        if (session == 0)
            return;
        // A copy of its own: a handshake that fails spoils the session for others.
        var copy = SSL_SESSION_dup(session);
        Assert.Equal(1, SSL_set_session(_ssl, copy));
        SSL_SESSION_free(copy);
    }

    /// <summary>The handshake has ended on this side.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What ended the connection, in libssl's words, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>The server has said that it sends no more.</summary>
    public bool HasEnded { get; private set; }

    public bool IsResumed => SSL_session_reused(_ssl) == 1;

    /// <summary>0: not sent; 1: rejected; 2: accepted (SSL_get_early_data_status(3)).</summary>
    public int EarlyDataStatus => SSL_get_early_data_status(_ssl);

    /// <summary>The session with the ticket that has come; the caller frees it by <see cref="Free"/>.</summary>
    public nint TakeSession() => SSL_get1_session(_ssl);

    public static void Free(nint session) => SSL_SESSION_free(session);

    /// <summary>Lets a client believe that a ticket is good for early data, which no ticket of ours says.</summary>
    public static void AllowEarlyData(nint session, uint length) => Assert.Equal(1, SSL_SESSION_set_max_early_data(session, length));

    /// <summary>Takes what the server has sent and goes on.</summary>
    /// <returns>Bytes for the server.</returns>
    public byte[] Advance(ReadOnlySpan<byte> received = default)
    {
        fixed (byte* bytes = received)
        {
            if (!received.IsEmpty)
                Assert.Equal(received.Length, BIO_write(_input, bytes, received.Length));
        }

        if (!IsDone && Failure is null)
        {
            ERR_clear_error();
            Judge(SSL_do_handshake(_ssl), isHandshake: true);
        }

        if (IsDone && Failure is null && !HasEnded)
        {
            // Tickets, alerts and data: all of it is read, data isn't expected.
            var unused = stackalloc byte[256];
            ERR_clear_error();
            Judge(SSL_read(_ssl, unused, 256), isHandshake: false);
        }

        return TakeOutput();
    }

    /// <summary>Begins with early data, before the server has said anything.</summary>
    public byte[] WriteEarlyData(ReadOnlySpan<byte> data)
    {
        nuint written;
        fixed (byte* bytes = data)
        {
            if (SSL_write_early_data(_ssl, bytes, (nuint)data.Length, &written) != 1)
                Assert.Fail(Marshal.PtrToStringUTF8((nint)ERR_reason_error_string(ERR_peek_error())) ?? "early data can't be written");
        }

        return TakeOutput();
    }

    public byte[] Write(string text)
    {
        fixed (byte* bytes = Encoding.ASCII.GetBytes(text))
            Assert.Equal(text.Length, SSL_write(_ssl, bytes, text.Length));
        return TakeOutput();
    }

    public void Dispose()
    {
        // Else libssl takes the session for one that ended badly, and would not resume it.
        SSL_set_shutdown(_ssl, SSL_SENT_SHUTDOWN);
        SSL_free(_ssl);
        SSL_CTX_free(_context);
    }

    private void Set(int command, string text)
    {
        fixed (byte* bytes = Encoding.ASCII.GetBytes(text + '\0'))
            Assert.Equal(1, SSL_ctrl(_ssl, command, 0, bytes));
    }

    private void Judge(int result, bool isHandshake)
    {
        if (result > 0)
        {
            IsDone |= isHandshake;
            return;
        }

        switch (SSL_get_error(_ssl, result))
        {
            case SSL_ERROR_WANT_READ:
                break;
            case SSL_ERROR_ZERO_RETURN:
                HasEnded = true;
                break;
            default:
                Failure = Marshal.PtrToStringUTF8((nint)ERR_reason_error_string(ERR_peek_error())) ?? "no reason given";
                break;
        }

        ERR_clear_error();
    }

    private byte[] TakeOutput()
    {
        var output = new byte[(int)BIO_ctrl(_output, BIO_CTRL_PENDING, 0, null)];
        fixed (byte* bytes = output)
        {
            if (output.Length > 0)
                Assert.Equal(output.Length, BIO_read(_output, bytes, output.Length));
        }

        return output;
    }
}
