using System.Text;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>A client of one thread that sends a request on each of its kept connections and then reads the responses in turn. Client and
/// server share one processor, so it does no more than it must.</summary>
internal sealed class KeptClient : IDisposable
{
    private readonly List<(Stream Stream, ResponseReader Reader)> _connections = [];
    private readonly byte[] _request;
    private readonly int _expected;

    /// <param name="expected">Bytes of the object.</param>
    public KeptClient(Uri target, int connections, int expected)
    {
        _request = Encoding.ASCII.GetBytes($"GET {target.AbsolutePath} HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n");
        _expected = expected;
        var connector = new ClientConnector(target);
        try
        {
            for (var i = 0; i < connections; i++)
            {
                var reader = new ResponseReader();
                _connections.Add((connector.Open(), reader));
                reader.Attach(_connections[^1].Stream);
            }
        }
        catch (Exception)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Makes at least <paramref name="requests"/> requests, as many on each connection.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="BenchException">A response isn't the object, or its connection isn't kept.</exception>
    public int Run(int requests)
    {
        var made = 0;
        while (made < requests)
        {
            foreach (var (stream, _) in _connections)
                stream.Write(_request);
            foreach (var (_, reader) in _connections)
            {
                var isKept = reader.Read(out var body);
                if (body != _expected)
                    throw new BenchException($"the server sent {body} bytes instead of {_expected}");
                if (!isKept)
                    throw new BenchException("the server closed a connection that should be kept");
            }

            made += _connections.Count;
        }

        return made;
    }

    public void Dispose() => _connections.ForEach(connection => connection.Stream.Dispose());
}
