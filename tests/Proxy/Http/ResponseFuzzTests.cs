using System.Text;
using System.Text.RegularExpressions;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing.Cases;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>Heads of answers against a judge that is written another way: a regular expression of the grammar, with what is mended for
/// answers. Seeds are fixed; a failure names its round.</summary>
public sealed partial class ResponseFuzzTests
{
    [Fact]
    public void Mutated_heads_are_judged_alike_whole_and_byte_by_byte_and_as_by_the_grammar()
    {
        var random = new Random(9112);
        string[][] seeds =
            [[.. AnswerCases.Accepted.Select(row => row.Data.Item2)], [.. AnswerCases.Refused.Select(row => row.Data.Item2)]];
        var taken = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var bytes = MutatedBytes.Of(random, seeds);
            var whole = Parse(bytes, out var head, out var consumed);
            Assert.InRange(consumed, 0, bytes.Length);
            Assert.Equal(whole == ParseStatus.Complete, head is not null && consumed > 0);
            var first = ParseStatus.NeedMore;
            for (var length = 0; length <= bytes.Length && first == ParseStatus.NeedMore; length++)
                first = Parse(bytes.AsSpan(0, length), out _, out _);
            Assert.True(whole == first, $"Round {round}: whole {whole} ({consumed}), byte by byte {first}.");
            var inPieces = ReadAnswer.InPieces(bytes, out var pieced, out var piecedConsumed);
            Assert.True((whole, consumed) == (inPieces, piecedConsumed), $"Round {round}: whole {whole}, in pieces {inPieces}.");
            Assert.Equal(head is null ? null : ReadAnswer.Describe(head), pieced is null ? null : ReadAnswer.Describe(pieced));
            var text = Encoding.Latin1.GetString(bytes);
            var match = Head().Match(text);
            Assert.True(
                whole != ParseStatus.Complete || (match.Success && match.Length == consumed),
                $"Round {round}: taken, but no head by the grammar: {Regex.Escape(text)}");
            Assert.True(
                !match.Success || whole == ParseStatus.Complete || Framing().IsMatch(match.Value),
                $"Round {round}: {whole}, but a head by the grammar: {Regex.Escape(text)}");
            if (head is null)
                continue;
            taken++;
            for (var i = 0; i < head.Count; i++)
                Assert.True(Tokens.IsToken(head.Name(i)) && Tokens.IsFieldValue(head.Value(i)), $"Round {round}: field {i}");
        }

        // Without this a parser that takes nothing would pass.
        Assert.InRange(taken, 4_000, 36_000);
    }

    private static ParseStatus Parse(ReadOnlySpan<byte> bytes, out ResponseHead? head, out int consumed) =>
        ResponseParser.Parse(bytes, HttpLimits.OfAnswers, KnownMethod.Get, out head, out consumed);

    // A line ends at its first LF, whatever stands before it. A CR at the end of a value is one of its bytes that become white space.
    [GeneratedRegex(
        """\AHTTP/1\.[0-9] [1-9][0-9]{2}( [\t\x20-\x7E\x80-\xFF]*)?\r?\n"""
        + """([!#$%&'*+\-.^_`|~0-9A-Za-z]+[\t ]*:[\0\t\r\x20-\x7E\x80-\xFF]*\n([\t ][\0\t\r\x20-\x7E\x80-\xFF]*\n)*)*\r?\n""")]
    private static partial Regex Head();

    [GeneratedRegex("(?i)\n(content-length|transfer-encoding)[\t ]*:")]
    private static partial Regex Framing();
}
