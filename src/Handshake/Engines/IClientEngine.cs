namespace TlsProxy.Handshake.Engines;

/// <summary>An engine that plays the client too.</summary>
internal interface IClientEngine : IHandshakeEngine
{
    /// <summary>Makes the setup of clients.</summary>
    /// <exception cref="TlsConfigurationException">The authorities or the certificate can't be used.</exception>
    EngineSetup PrepareClient(ClientTerms terms);

    /// <summary>An object for one handshake after the other. Cheap: memory is taken at the start of a handshake.</summary>
    IClientHandshake CreateClientHandshake();
}
