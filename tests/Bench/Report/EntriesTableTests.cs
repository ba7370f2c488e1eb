using System.Text;
using System.Text.Json;
using TlsProxy.Bench.Load.Entries;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Tests.Report;

public sealed class EntriesTableTests
{
    private static readonly EntriesSample First = new(
        MissesPerSecond: 20_000, Hits: 10_000, MedianMicroseconds: 250, P99Microseconds: 4000, HighestMicroseconds: 387_000,
        ResidentMebibytes: 4096, BytesBesideBody: 5000, Collections: new EntryCounts(1_000_000, 1_000_000, 40, 12, 3), ClientShare: 0.5);

    [Fact]
    public void A_row_has_the_medians_of_the_rounds_in_the_columns_of_the_head()
    {
        var standing = new EntriesStanding("tlsproxy", 1_000_000, [First, First with { HighestMicroseconds = 100_000 }]);

        Assert.Equal(
            ["tlsproxy", "1,000,000", "20,000", "0.250", "4.000", "243.5", "5,000", "4,096", "40", "12", "3"],
            Cells(EntriesTable.Row(standing)));
        Assert.Equal(Cells(EntriesTable.Head().First()).Length, Cells(EntriesTable.Row(standing)).Length);
    }

    [Fact]
    public void A_failed_round_and_a_busy_load_generator_are_marked()
    {
        var standing = new EntriesStanding("tlsproxy", 1000, [First with { ClientShare = 0.95 }, null]);
        Assert.Equal("tlsproxy † ‡", Cells(EntriesTable.Row(standing))[0]);
        Assert.Equal(["tlsproxy †", "1,000", "—"], Cells(EntriesTable.Row(standing with { Rounds = [null] }))[..3]);
    }

    [Fact]
    public void Programs_get_each_round()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            EntriesJson.Write(json, [new EntriesStanding("tlsproxy", 1_000_000, [null, First])]);
            json.WriteEndObject();
        }

        using var read = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        var rounds = read.RootElement.GetProperty("filledCaches")[0].GetProperty("rounds");
        Assert.Equal(JsonValueKind.Null, rounds[0].ValueKind);
        Assert.Equal(387_000, rounds[1].GetProperty("longestMicroseconds").GetDouble());
        Assert.Equal(5000, rounds[1].GetProperty("bytesAnEntryBesideBody").GetDouble());
    }

    private static string[] Cells(string row) => row[1..^1].Split('|', StringSplitOptions.TrimEntries);
}
