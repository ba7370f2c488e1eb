using System.Diagnostics;
using System.Net.Sockets;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Workers;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>Clients that share a body of unknown length which isn't stored, and one of them that doesn't keep up.</summary>
public sealed class LaggardTests
{
    private const int Others = 3;
    private const int PieceBytes = 32 * 1024;
    private const int BodyBytes = 2 << 20;

    // Twenty times in a deadline: enough for it to see progress, and in two of them less than half of what a reader may lie behind.
    private const int Dribble = 4096;
    private static readonly TimeSpan s_write = TimeSpan.FromMilliseconds(200);
    private static readonly TurnedWorkerOptions s_options = new()
    {
        Window = new BodyWindow(64 * 1024),
        SendBufferBytes = 16 * 1024,
        Deadlines = new DeadlineOptions { Write = s_write },
    };

    private readonly byte[] _body = new byte[BodyBytes];
    private readonly byte[] _buffer = new byte[PieceBytes];

    public LaggardTests() => new Random(1).NextBytes(_body);

    [Theory]
    [InlineData("io_uring", 0)]
    [InlineData("io_uring", Dribble)]
    [InlineData("epoll", 0)]
    [InlineData("epoll", Dribble)]
    public void A_reader_that_does_not_keep_up_is_cut_and_the_others_get_every_byte(string kind, int dribble)
    {
        using var worker = new TurnedWorker(kind, s_options);
        var laggard = Ask(worker, receiveBuffer: 16 * 1024);
        var others = Enumerable.Range(0, Others).Select(_ => (Client: Ask(worker), Read: new MemoryStream())).ToArray();
        worker.TurnUntil(() => worker.Worker.Counters.Requests == Others + 1);
        Assert.Single(worker.Origin.Sinks);
        worker.Origin.Sinks[0].OnHead(Messages.Response(200, "Transfer-Encoding: chunked", "Cache-Control: max-age=60"));
        var sent = 0;
        var pace = Stopwatch.StartNew();

        worker.TurnUntil(() =>
        {
            SendMore(worker, ref sent);
            foreach (var (client, read) in others)
                TakeWhatIsThere(client, read);
            if (pace.Elapsed > s_write / 20)
            {
                Take(laggard, dribble);
                pace.Restart();
            }

            return worker.Open == 0;
        });

        Assert.Single(worker.Origin.Sinks);
        Assert.All(others, other => Assert.Equal(_body, BodyOf(other.Read)));
        Assert.Equal(1, worker.Worker.Counters.Laggards + worker.Worker.Counters.Deadlines);
    }

    /// <summary>The body ends with the connection.</summary>
    private static Socket Ask(TurnedWorker worker, int receiveBuffer = 0)
    {
        var client = worker.Connect(receiveBuffer);
        client.Send("GET /object/large HTTP/1.0\r\nHost: a\r\n\r\n"u8);
        return client;
    }

    private void SendMore(TurnedWorker worker, ref int sent)
    {
        if (sent == BodyBytes || !worker.Origin.TrySend(0, _body.AsSpan(sent, PieceBytes)))
            return;
        sent += PieceBytes;
        if (sent == BodyBytes)
            worker.Origin.Sinks[0].OnEnd();
    }

    private void TakeWhatIsThere(Socket client, MemoryStream read)
    {
        if (client.Poll(0, SelectMode.SelectRead))
            read.Write(_buffer, 0, client.Receive(_buffer));
    }

    /// <summary>Takes so many bytes of an answer that ends in a reset.</summary>
    private void Take(Socket client, int count)
    {
        if (count > 0 && client.Poll(0, SelectMode.SelectRead))
            client.Receive(_buffer, 0, count, SocketFlags.None, out _);
    }

    private static byte[] BodyOf(MemoryStream read)
    {
        var bytes = read.ToArray();
        return bytes[(bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
    }
}
