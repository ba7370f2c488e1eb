namespace TlsProxy.Testing.Interop;

/// <summary>A server's SSL object over two memory BIOs.</summary>
internal sealed class ServerConnection : MemoryConnection
{
    public ServerConnection(ServerContext context)
        : base(context) => LibSsl.SSL_set_accept_state(handle);

    /// <summary>Whether the client has presented a certificate.</summary>
    public bool HasClientCertificate
    {
        get
        {
            var certificate = LibSsl.SSL_get1_peer_certificate(handle);
            LibSsl.X509_free(certificate);
            return certificate != 0;
        }
    }
}
