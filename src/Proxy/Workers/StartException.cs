namespace TlsProxy.Proxy.Workers;

/// <summary>The proxy can't start; the message is one sentence for the person who started it.</summary>
/// <param name="lacksDescriptors">A descriptor was refused: how many are needed is told, too.</param>
internal sealed class StartException(string message, bool lacksDescriptors = false) : Exception(message)
{
    public bool LacksDescriptors => lacksDescriptors;
}
