using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Testing;

namespace TlsProxy.Ktls.Tests.Fuzzing;

/// <summary>Records of all kinds, changed and cut, many thousand streams of them. A seed that fails is named and can be run alone by
/// setting TLSPROXY_SEED; TLSPROXY_SEEDS=first-last runs others.</summary>
public sealed class ReceiverFuzzTests
{
    private const int Seeds = 20_000;

    private static readonly CipherSuite[] _suites = Enum.GetValues<CipherSuite>();

    private readonly byte[] _scratch = new byte[RecordFormat.RecordMaximum];
    private int _whole;
    private int _refused;

    [Fact]
    public void What_is_received_is_what_was_sent_up_to_the_first_record_that_is_not_right()
    {
        var (first, last) = SeedRange.OfTheRun(Seeds);
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Seed {seed} failed: {exception.Message}", exception);
            }
        }

        if (SeedRange.Chosen is not null)
            return;
        // Without these a receiver that gives nothing, or one that takes everything, would pass.
        var seeds = last - first + 1;
        Assert.InRange(_whole, seeds / 10, seeds);
        Assert.InRange(_refused, seeds / 10, seeds);
    }

    private void Run(int seed)
    {
        var random = new Random(seed);
        var keys = new TestKeys(_suites[random.Next(_suites.Length)]);
        using var clientKeys = keys.Create();
        var stream = new RecordStream(random, clientKeys);
        var sent = stream.Make();
        var received = random.Next(3) == 0 ? sent : StreamMutator.Mutate(sent, random);
        using var serverKeys = keys.Create();
        var sink = new RecordingSink(_scratch, serverKeys);

        for (var start = 0; start < received.Length && sink.IsOpen;)
        {
            var piece = random.Next(3) == 0 ? random.Next(1, 10) : random.Next(1, 8192);
            sink.Receiver.Feed(received.AsSpan(start, Math.Min(piece, received.Length - start)));
            start += piece;
        }

        CheckPrefix(stream.Data, sink.Data);
        if (received == sent)
        {
            Assert.Null(sink.Alert);
            Assert.Equal(stream.Data.Count, sink.Data.Count);
            Assert.Equal(stream.EndsOrderly, sink.HasEnded);
            _whole++;
        }

        _refused += sink.Alert is null ? 0 : 1;
        sink.Receiver.Release();
        Assert.Equal(0, sink.Receiver.MissingBytes);
    }

    private static void CheckPrefix(List<byte> sent, List<byte> received)
    {
        Assert.True(received.Count <= sent.Count, "More came than was sent.");
        for (var i = 0; i < received.Count; i++)
        {
            if (sent[i] != received[i])
                Assert.Fail($"Byte {i} differs.");
        }
    }
}
