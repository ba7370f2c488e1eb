namespace TlsProxy.Handshake.Engines;

/// <summary>An engine that plays the client too.</summary>
internal interface IClientEngine : IHandshakeEngine
{
    /// <summary>Makes the setup of clients.</summary>
    /// <exception cref="TlsConfigurationException">The authorities can't be used.</exception>
    EngineSetup PrepareClient(ClientTerms terms);
}
