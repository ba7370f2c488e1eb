namespace TlsProxy.Handshake.Engines;

/// <summary>A library that runs handshakes. It agrees on nothing that <see cref="Policy.TlsPolicy"/> and
/// <see cref="Keys.RecordAgreements"/> don't list. All engines serve; those that can also connect implement <see cref="IClientEngine"/>.
/// Any thread may call it.</summary>
internal interface IHandshakeEngine
{
    /// <summary>Makes the setup of servers.</summary>
    /// <exception cref="TlsConfigurationException">A certificate or an authority can't be used; the message names its file.</exception>
    EngineSetup PrepareServer(ServerTerms terms);

    /// <summary>An object for one handshake after the other, of either role. Cheap: memory is taken at the start of a handshake.</summary>
    IEngineHandshake CreateHandshake();
}
