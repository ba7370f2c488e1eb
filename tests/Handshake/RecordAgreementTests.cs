using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests;

/// <summary>The table of what a handshake can agree on for the records, against what libssl does.</summary>
public sealed class RecordAgreementTests : IDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly TlsContext _context;

    public RecordAgreementTests() => _context = _certificate.CreateContext();

    public void Dispose()
    {
        _context.Dispose();
        _certificate.Dispose();
    }

    public static TheoryData<ushort, bool> Extensions
    {
        get
        {
            var data = new TheoryData<ushort, bool>();
            foreach (var row in RecordAgreements.All)
            {
                // The version has a field of its own in TLS 1.2.
                if (row.Extension is { } extension and not 43)
                    data.Add(extension, row.Treatment != RecordTreatment.Refused);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public void An_extension_is_agreed_on_only_where_the_table_lets_it_be(ushort extension, bool mayBe)
    {
        using var server = new ServerHandshake(_context);
        server.Offer(HelloWith(extension));

        var answer = Wire.Records(server.Output)[0];

        Assert.Equal((22, 2), (answer[0], answer[Wire.HeaderLength]));
        Assert.Equal(mayBe, AnsweredExtensions(answer).Contains(extension));
        // The null method of compression, right behind the session identifier and the suite.
        Assert.Equal(0, answer[CompressionOffset(answer)]);
    }

    [Fact]
    public void Each_row_names_its_source_and_no_extension_stands_twice()
    {
        Assert.All(RecordAgreements.All, row => Assert.StartsWith("RFC ", row.Source, StringComparison.Ordinal));
        Assert.All(RecordAgreements.All, row => Assert.NotEmpty(row.Reason));
        var extensions = RecordAgreements.All.Where(row => row.Extension is not null).Select(row => row.Extension).ToArray();
        Assert.Equal(extensions.Distinct(), extensions);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(1000)]
    [InlineData(8192)]
    public void Only_the_four_lengths_of_the_RFC_and_the_default_are_limits(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordRequirements(length));

    /// <summary>A hello of TLS 1.2 that offers what it must, an extension to be tested, and several methods of compression.</summary>
    private static byte[] HelloWith(ushort extension)
    {
        byte[] offered =
        [
            .. Extension(10, [0, 2, 0, 23]), .. Extension(11, [1, 0]), .. Extension(13, [0, 4, 4, 3, 8, 4]),
            .. Extension(extension, extension switch { 1 => [2], 15 => [1], 28 => [2, 0], 54 or 0xFF01 => [0], _ => [] }),
        ];
        byte[] body = [3, 3, .. new byte[32], 0, .. Prefixed([0xC0, 0x2B]), 3, 0, 1, 64, .. Prefixed(offered)];
        byte[] message = [1, 0, .. Prefixed(body)];
        return [22, 3, 1, .. Prefixed(message)];
    }

    private static byte[] Extension(ushort number, byte[] content) => [(byte)(number >> 8), (byte)number, .. Prefixed(content)];

    private static byte[] Prefixed(byte[] content) => [(byte)(content.Length >> 8), (byte)content.Length, .. content];

    /// <summary>Behind the headers of record and message: the version, the random and the session identifier, then the suite.</summary>
    private static int CompressionOffset(byte[] hello)
    {
        const int SessionOffset = Wire.HeaderLength + 4 + 2 + 32;
        return SessionOffset + 1 + hello[SessionOffset] + 2;
    }

    private static List<ushort> AnsweredExtensions(byte[] hello)
    {
        var rest = hello.AsSpan(CompressionOffset(hello) + 3);
        var extensions = new List<ushort>();
        while (rest.Length >= 4)
        {
            extensions.Add(BinaryPrimitives.ReadUInt16BigEndian(rest));
            rest = rest[(4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        }

        return extensions;
    }
}
