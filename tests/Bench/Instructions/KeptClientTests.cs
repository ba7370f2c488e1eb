using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Instructions;

namespace TlsProxy.Bench.Tests.Instructions;

public sealed class KeptClientTests
{
    [Fact]
    public void Each_connection_carries_as_many_requests_and_they_are_counted()
    {
        using var server = new PlantedServer(_ => PlantedServer.Ok(100));
        using var client = new KeptClient(new Uri(server.Url), connections: 4, expected: 100);

        Assert.Equal(12, client.Run(10));

        Assert.Equal(12, server.Requests);
    }

    [Fact]
    public void Another_length_than_the_objects_is_an_error()
    {
        using var server = new PlantedServer(_ => PlantedServer.Ok(99));
        using var client = new KeptClient(new Uri(server.Url), connections: 1, expected: 100);

        Assert.Equal("the server sent 99 bytes instead of 100", Assert.Throws<BenchException>(() => client.Run(1)).Message);
    }

    [Fact]
    public void A_connection_that_is_not_kept_is_an_error()
    {
        using var server = new PlantedServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new KeptClient(new Uri(server.Url), connections: 1, expected: 0);

        Assert.Contains("should be kept", Assert.Throws<BenchException>(() => client.Run(1)).Message, StringComparison.Ordinal);
    }
}
