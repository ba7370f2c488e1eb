namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>How the log's lines are written.</summary>
internal enum LogFormat : byte
{
    /// <summary>A line of text.</summary>
    Text,

    /// <summary>A JSON object with the message's values by their names.</summary>
    Json,
}
