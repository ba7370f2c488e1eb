namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>How the access log's lines are written.</summary>
internal enum AccessLogFormat : byte
{
    /// <summary>Words with names, times in microseconds, and all that the proxy knows.</summary>
    Text,

    /// <summary>The combined format of Apache and nginx, which log analysers read.</summary>
    Combined,

    /// <summary>A JSON object a line, whose names are those of nginx's variables.</summary>
    Json,
}
