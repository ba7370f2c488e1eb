namespace TlsProxy.Handshake;

/// <summary>What was configured cannot be used. The message is one sentence that names the file or library and says what to do.</summary>
public sealed class TlsConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
