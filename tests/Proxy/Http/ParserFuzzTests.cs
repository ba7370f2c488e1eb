using System.Text;
using System.Text.RegularExpressions;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing.Cases;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>The parser and the decoder against judges that are written another way: a regular expression of the grammar, and a decoder over
/// strings. Seeds are fixed; a failure names its round.</summary>
public sealed partial class ParserFuzzTests
{
    private const string TokenLetters = "!#$%&'*+-.^_`|~09azAZ";
    private static readonly HttpLimits Limits = new();

    [Fact]
    public void Mutated_heads_are_judged_alike_whole_and_byte_by_byte_and_what_is_taken_matches_the_grammar()
    {
        var random = new Random(9112);
        string[][] seeds =
        [
            [.. RequestCases.Accepted.Select(row => row.Data.Item2)],
            [.. RequestCases.Refused.Select(row => row.Data.Item2)],
        ];
        var taken = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var bytes = MutatedBytes.Of(random, seeds);
            var whole = Parse(bytes, out var consumed, out _);
            var first = ParseStatus.NeedMore;
            for (var length = 0; length <= bytes.Length && first == ParseStatus.NeedMore; length++)
                first = Parse(bytes.AsSpan(0, length), out _, out _);
            Assert.True(whole == first, $"Round {round}: whole {whole} ({consumed}), byte by byte {first}.");
            if (whole != ParseStatus.Complete)
                continue;
            taken++;
            var text = Encoding.Latin1.GetString(bytes, 0, consumed);
            Assert.True(Head().IsMatch(text), $"Round {round}: taken, but no head by the grammar: {Regex.Escape(text)}");
            Assert.True(
                Regex.Count(text, "(?i)\ncontent-length:") + Regex.Count(text, "(?i)\ntransfer-encoding:") <= 1,
                $"Round {round}: two framings.");
            Assert.True(Regex.Count(text, "(?i)\nhost:") <= 1, $"Round {round}: two hosts.");
        }

        // Without this a parser that takes nothing would pass.
        Assert.InRange(taken, 4_000, 36_000);
    }

    [Fact]
    public void Heads_made_from_the_grammar_are_read_back_as_they_were_made()
    {
        var random = new Random(9110);
        for (var round = 0; round < 5_000; round++)
        {
            var fields = Enumerable.Range(0, random.Next(20)).Select(i => (Name: $"X{i}{Token(random)}", Value: Value(random))).ToArray();
            var target = "/" + Letters(random, "abc/?=&;%41", random.Next(40)).Replace("%", "", StringComparison.Ordinal);
            var text = new StringBuilder($"{Token(random)} {target} HTTP/1.1\r\nHost: a\r\n");
            foreach (var (name, value) in fields)
                text.Append(name).Append(':')
                    .Append(Letters(random, " \t", random.Next(3))).Append(value).Append(Letters(random, " \t", random.Next(3)))
                    .Append("\r\n");
            var head = new RequestHead();

            Assert.Equal(ParseStatus.Complete, RequestParser.Parse(Encoding.Latin1.GetBytes(text + "\r\n"), Limits, head, out _, out _));

            Assert.Equal(Encoding.Latin1.GetBytes(target), head.Target);
            Assert.Equal(fields.Length + 1, head.Fields.Count);
            for (var i = 0; i < fields.Length; i++)
            {
                Assert.Equal(fields[i].Name, Encoding.Latin1.GetString(head.Fields.Name(i + 1)));
                Assert.Equal(fields[i].Value, Encoding.Latin1.GetString(head.Fields.Value(i + 1)));
            }
        }
    }

    [Fact]
    public void Mutated_chunks_decode_alike_at_every_split_and_as_by_the_other_decoder()
    {
        var random = new Random(7);
        string[][] seeds =
        [
            [.. ChunkCases.Accepted.Select(row => row.Data.Item2)],
            [.. ChunkCases.Malformed.Select(row => row.Data.Item2)],
        ];
        var whole = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var bytes = MutatedBytes.Of(random, seeds);
            var (body, trailers) = (new StringBuilder(), new StringBuilder());
            var decoder = new ChunkedDecoder();
            var used = ChunkedDecoderTests.Run(ref decoder, bytes, body, trailers, out var step);

            var (pieces, trailerPieces) = (new StringBuilder(), new StringBuilder());
            decoder = new ChunkedDecoder();
            var usedInPieces = 0;
            var stepInPieces = ChunkedStep.NeedMore;
            while (usedInPieces < bytes.Length && stepInPieces == ChunkedStep.NeedMore)
            {
                var piece = bytes.AsSpan(usedInPieces, Math.Min(random.Next(1, 4), bytes.Length - usedInPieces));
                usedInPieces += ChunkedDecoderTests.Run(ref decoder, piece, pieces, trailerPieces, out stepInPieces);
            }

            Assert.True(step == stepInPieces && body.Equals(pieces), $"Round {round}: whole {step}, in pieces {stepInPieces}.");
            if (step != ChunkedStep.End)
                continue;
            whole++;
            Assert.Equal(used, usedInPieces);
            Assert.Equal(trailers.ToString(), trailerPieces.ToString());
            var reader = new TrailerReader();
            Assert.True(reader.TryTake(Encoding.Latin1.GetBytes(trailers.ToString())));
            // The decoder lets no line pass that the reader would refuse.
            reader.Finish();
            var text = Encoding.Latin1.GetString(bytes, 0, used);
            Assert.True(DecodeStrictly(text) == body.ToString(), $"Round {round}: the decoders differ over {Regex.Escape(text)}");
        }

        Assert.InRange(whole, 2_000, 36_000);
    }

    /// <summary>A chunked body by one expression a line; null where it is none.</summary>
    private static string? DecodeStrictly(string text)
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = ChunkLine().Match(text);
            if (!line.Success)
                return null;
            text = text[line.Length..];
            var size = Convert.ToInt64(line.Groups[1].Value, 16);
            if (size == 0)
                return Trailers().IsMatch(text) ? body.ToString() : null;
            if (text.Length < size + 2 || text[(int)size..((int)size + 2)] != "\r\n")
                return null;
            body.Append(text, 0, (int)size);
            text = text[((int)size + 2)..];
        }
    }

    private static string Token(Random random) => Letters(random, TokenLetters, random.Next(1, 12));

    private static string Value(Random random) => Letters(random, "abc \t\",;:=\\\u00e9", random.Next(30)).Trim(' ', '\t');

    private static string Letters(Random random, string from, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => from[random.Next(from.Length)]));

    private static ParseStatus Parse(ReadOnlySpan<byte> bytes, out int consumed, out Refusal refusal) =>
        RequestParser.Parse(bytes, Limits, new RequestHead(), out consumed, out refusal);

    [GeneratedRegex(
        """\A(\r\n){0,4}[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [!$-;=?-~]+ HTTP/1\.[0-9]\r\n"""
        + """([!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7E\x80-\xFF]*\r\n)*\r\n\z""")]
    private static partial Regex Head();

    [GeneratedRegex(
        """\A([0-9A-Fa-f]{1,15})"""
        + """(;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+([ \t]*=[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+"""
        + """|"(\\[\t\x20-\x7E\x80-\xFF]|[\t\x20-\x21\x23-\x5B\x5D-\x7E\x80-\xFF])*"))?"""
        + """([ \t]*(?=;))?)*\r\n""")]
    private static partial Regex ChunkLine();

    [GeneratedRegex("""\A([!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7E\x80-\xFF]*\r\n)*\r\n\z""")]
    private static partial Regex Trailers();
}
