using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>What libssl asks during a handshake. What is thrown here is thrown on by
/// whoever called libssl: C can't be thrown through.</summary>
internal static unsafe class ContextCallbacks
{
    private const uint ServerNameExtension = 0;
    private const int ServerNameHeader = 5;
    private const byte HostName = 0;

    /// <summary>The contexts that a handshake is done with; null outside one.</summary>
    internal static TlsContextSet? ContextsOf(HandshakeState* state) =>
        state is null || state->Contexts == 0 ? null : GCHandle.FromIntPtr(state->Contexts).Target as TlsContextSet;

    /// <summary>Chooses the context by the name asked for (RFC 6066, section 3), before a ticket or key share is looked at, so that only
    /// sessions of that context are resumed.</summary>
    [UnmanagedCallersOnly]
    internal static int OnClientHello(nint ssl, int* alert, void* argument)
    {
        try
        {
            return ClientHello(ssl);
        }
        catch (Exception exception)
        {
            return CallbackFault.Keep(exception, LibSsl.SSL_CLIENT_HELLO_ERROR);
        }
    }

    private static int ClientHello(nint ssl)
    {
        byte* data;
        nuint length;
        var state = HandshakeState.Of(ssl);
        if (ContextsOf(state) is not { } contexts || LibSsl.SSL_client_hello_get0_ext(ssl, ServerNameExtension, &data, &length) != 1)
            return LibSsl.SSL_CLIENT_HELLO_SUCCESS;
        // What isn't one list of one host name is left to libssl, which refuses it.
        if (length <= ServerNameHeader || length > ServerNameHeader + HandshakeState.NameMaximum)
            return LibSsl.SSL_CLIENT_HELLO_SUCCESS;
        var extension = new ReadOnlySpan<byte>(data, (int)length);
        var name = extension[ServerNameHeader..];
        if (extension[2] != HostName || BinaryPrimitives.ReadUInt16BigEndian(extension[3..]) != name.Length)
            return LibSsl.SSL_CLIENT_HELLO_SUCCESS;
        HandshakeState.SetName(state, name);
        state->Selected = contexts.Select(name, out state->IsNameKnown);
        LibSsl.SSL_set_SSL_CTX(ssl, contexts.Context(state->Selected).Value);
        return LibSsl.SSL_CLIENT_HELLO_SUCCESS;
    }

    /// <summary>Tells a client whose name is known here so.</summary>
    [UnmanagedCallersOnly]
    internal static int OnServerName(nint ssl, int* alert, void* argument)
    {
        var state = HandshakeState.Of(ssl);
        return state is not null && state->IsNameKnown ? LibSsl.SSL_TLSEXT_ERR_OK : LibSsl.SSL_TLSEXT_ERR_NOACK;
    }

    /// <summary>Chooses the application protocol; a client that offers only others gets no_application_protocol (RFC 7301, section
    /// 3.2).</summary>
    [UnmanagedCallersOnly]
    internal static int OnProtocols(nint ssl, byte** output, byte* outputLength, byte* input, uint inputLength, void* argument)
    {
        try
        {
            return Protocols(ssl, output, outputLength, input, inputLength);
        }
        catch (Exception exception)
        {
            return CallbackFault.Keep(exception, LibSsl.SSL_TLSEXT_ERR_ALERT_FATAL);
        }
    }

    private static int Protocols(nint ssl, byte** output, byte* outputLength, byte* input, uint inputLength)
    {
        var offered = new ReadOnlySpan<byte>(input, (int)inputLength);
        if (ContextsOf(HandshakeState.Of(ssl)) is not { } contexts || !contexts.Protocols.TryChoose(offered, out var chosen))
            return LibSsl.SSL_TLSEXT_ERR_ALERT_FATAL;
        var (place, length) = chosen.GetOffsetAndLength(offered.Length);
        *output = input + place;
        *outputLength = (byte)length;
        return LibSsl.SSL_TLSEXT_ERR_OK;
    }

    /// <summary>Gives the OCSP response for the certificate that libssl has chosen, unless it is stale.</summary>
    [UnmanagedCallersOnly]
    internal static int OnStatusRequest(nint ssl, void* argument)
    {
        try
        {
            return StatusRequest(ssl);
        }
        catch (Exception exception)
        {
            return CallbackFault.Keep(exception, LibSsl.SSL_TLSEXT_ERR_NOACK);
        }
    }

    private static int StatusRequest(nint ssl)
    {
        var state = HandshakeState.Of(ssl);
        if (ContextsOf(state)?.StapleFor(state->Selected, LibSsl.SSL_get_certificate(ssl)) is not { } staple)
            return LibSsl.SSL_TLSEXT_ERR_NOACK;
        var response = staple.Response.Span;
        // libssl frees it.
        var copy = LibCrypto.CRYPTO_malloc((nuint)response.Length, null, 0);
        if (copy is null)
            return LibSsl.SSL_TLSEXT_ERR_NOACK;
        response.CopyTo(new Span<byte>(copy, response.Length));
        if (LibSsl.SSL_ctrl(ssl, LibSsl.SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, response.Length, copy) == 1)
            return LibSsl.SSL_TLSEXT_ERR_OK;
        LibCrypto.CRYPTO_free(copy, null, 0);
        return LibSsl.SSL_TLSEXT_ERR_NOACK;
    }
}
