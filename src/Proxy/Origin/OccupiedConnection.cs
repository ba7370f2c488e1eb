namespace TlsProxy.Proxy.Origin;

/// <summary>The connection that carries an exchange. SocketsHttpHandler doesn't tell which one it takes, but writes the request in the flow of its caller.</summary>
internal sealed class OccupiedConnection
{
    private static readonly AsyncLocal<OccupiedConnection?> OfFlow = new();

    private OriginStream? _stream;

    /// <summary>Names who sends from now on in the caller's flow.</summary>
    public static OccupiedConnection Begin() => OfFlow.Value = new OccupiedConnection();

    /// <summary>A connection is being written to in the caller's flow.</summary>
    public static void Note(OriginStream stream)
    {
        if (OfFlow.Value is { } occupied)
            occupied._stream = stream;
    }

    /// <summary>Ends the connection, whose next bytes are of nobody knows which answer. Called before its response is let go of, so that nobody else has it.</summary>
    public void Abandon() => _stream?.Dispose();
}
