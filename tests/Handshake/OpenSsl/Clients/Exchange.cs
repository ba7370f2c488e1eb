using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Handshakes between our client and a server of libssl.</summary>
internal static class Exchange
{
    /// <summary>Shakes hands; what the server sends passes through <paramref name="change"/>, flight by flight.</summary>
    /// <returns>All that each side has sent.</returns>
    public static (List<byte> OfClient, List<byte> OfServer) ShakeHands(
        ClientHandshake client, MemoryServer server, string name = "localhost", Func<byte[], IEnumerable<byte[]>>? change = null)
    {
        List<byte> ofClient = [], ofServer = [];
        client.Start(ServerIdentity.Parse(name));
        for (var flight = Take(client); flight.Length > 0; flight = Take(client))
        {
            ofClient.AddRange(flight);
            var answer = server.Advance(flight);
            ofServer.AddRange(answer);
            foreach (var piece in change?.Invoke(answer) ?? [answer])
                client.Offer(piece);
        }

        return (ofClient, ofServer);
    }

    public static byte[] Take(ClientHandshake client)
    {
        var output = client.Output.ToArray();
        client.ClearOutput();
        return output;
    }

    /// <summary>Opens the server's records behind a handshake of TLS 1.3, which are tickets, and gives them to their taker.</summary>
    /// <returns>How many there were.</returns>
    public static int GiveTickets(SessionKeys keys, ReadOnlySpan<byte> received, ClientTickets? tickets)
    {
        var records = Wire.Records(received);
        foreach (var record in records)
        {
            var message = TestRecords.Open(keys, keys.Receive, record);
            Assert.Equal(4, message[0]);
            tickets?.Offer(message);
        }

        return records.Count;
    }
}
