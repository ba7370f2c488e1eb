namespace TlsProxy.Testing.Interop;

/// <summary>A client's SSL object over two memory BIOs.</summary>
internal sealed unsafe class ClientConnection : MemoryConnection
{
    /// <param name="session">One to resume, which stays the caller's.</param>
    /// <param name="groups">As <c>P-256:X25519</c>; the share sent first is of the first. Null for libssl's own.</param>
    public ClientConnection(ClientContext context, string serverName, ClientSession? session, string? groups = null)
        : base(context)
    {
        LibSsl.SSL_set_connect_state(handle);
        Set(LibSsl.SSL_CTRL_SET_TLSEXT_HOSTNAME, serverName);
        if (groups is not null)
            Set(LibSsl.SSL_CTRL_SET_GROUPS_LIST, groups);
        if (session is not null)
            Resume(session);
    }

    /// <summary>0: not sent; 1: rejected; 2: accepted (SSL_get_early_data_status(3)).</summary>
    public int EarlyDataStatus => LibSsl.SSL_get_early_data_status(handle);

    /// <summary>The server's random (SSL_get_server_random(3)).</summary>
    public byte[] ServerRandom
    {
        get
        {
            var random = new byte[32];
            fixed (byte* pointer = random)
                LibSsl.SSL_get_server_random(handle, pointer, 32);
            return random;
        }
    }

    /// <summary>Begins with early data, before the server has said anything.</summary>
    public bool WriteEarlyData(ReadOnlySpan<byte> bytes)
    {
        LibSsl.ERR_clear_error();
        nuint written;
        fixed (byte* pointer = bytes)
            return LibSsl.SSL_write_early_data(handle, pointer, (nuint)bytes.Length, &written) == 1;
    }

    /// <summary>The session, once it can be resumed.</summary>
    public ClientSession? TakeSession()
    {
        var session = new ClientSession(LibSsl.SSL_get1_session(handle));
        if (!session.IsInvalid && LibSsl.SSL_SESSION_is_resumable(session.Value) == 1)
            return session;
        session.Dispose();
        return null;
    }

    private void Resume(ClientSession session)
    {
        // A copy of its own: a handshake that fails spoils the session for others.
        using var copy = session.Copy();
        if (LibSsl.SSL_set_session(handle, copy.Value) != 1)
            throw new InvalidOperationException("libssl resumes no such session.");
    }
}
