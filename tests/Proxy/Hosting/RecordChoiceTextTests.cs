using System.Text;
using System.Text.Json;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Costs;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Admin;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class RecordChoiceTextTests
{
    private static readonly SuiteCosts s_dear = Costs(Aead.Aes128Gcm, 12, 131);
    private static readonly SuiteCosts s_cheap = Costs(Aead.Aes256Gcm, 8, 88);
    private static readonly SuiteCosts s_unknown = Costs(Aead.ChaCha20Poly1305, 8, null);

    private static readonly RecordChoice s_choice =
        new([s_dear, s_cheap, s_unknown], 256 << 10, TimeSpan.FromMilliseconds(41.26));

    [Fact]
    public void The_start_line_has_each_cipher_with_its_ratio() => Assert.Equal(
        "ktls auto at 256KiB: AES-128-GCM in user space (kernel 1.31×), AES-256-GCM in the kernel (kernel 0.88×), "
        + "ChaCha20-Poly1305 in user space (not measured)",
        RecordChoiceText.Line(s_choice));

    [Fact]
    public void Where_nothing_could_be_measured_it_says_so() => Assert.Equal(
        "ktls auto at 1000: records in user space, since nothing could be measured",
        RecordChoiceText.Line(new RecordChoice([], 1000, TimeSpan.Zero)));

    [Fact]
    public void The_doctor_has_each_size_both_ways_and_what_follows()
    {
        Assert.Equal(
            "1KiB kernel 12.0 µs, user space 10.0 µs; 256KiB kernel 131.0 µs, user space 100.0 µs; "
            + "auto makes records in user space (kernel 1.31× at 256KiB)",
            RecordChoiceText.Line(s_choice, s_dear));
        Assert.EndsWith(
            "auto makes records in the kernel (kernel 0.88× at 256KiB)",
            RecordChoiceText.Line(s_choice, s_cheap), StringComparison.Ordinal);
        Assert.EndsWith(
            "256KiB kernel unknown, user space 100.0 µs; auto makes records in user space (not measured at 256KiB)",
            RecordChoiceText.Line(s_choice, s_unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void The_statistics_have_the_figures_and_the_choice()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            RecordChoiceReport.Write(json, new RecordChoice([s_dear, s_unknown], 256 << 10, TimeSpan.FromMilliseconds(41.26)));
            json.WriteEndObject();
        }

        Assert.Equal(
            """
            {"auto":{"thresholdBytes":262144,"milliseconds":41.3,"suites":{
            "AES-128-GCM":{"records":"user_space","ratio":1.31,"costs":[
            {"bytes":1024,"kernelMicroseconds":12,"userSpaceMicroseconds":10},
            {"bytes":262144,"kernelMicroseconds":131,"userSpaceMicroseconds":100}]},
            "ChaCha20-Poly1305":{"records":"unmeasured","ratio":null,"costs":[
            {"bytes":1024,"kernelMicroseconds":8,"userSpaceMicroseconds":10},
            {"bytes":262144,"kernelMicroseconds":null,"userSpaceMicroseconds":100}]}}}}
            """.ReplaceLineEndings(string.Empty),
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static SuiteCosts Costs(Aead aead, double small, double? large) =>
        new(TlsVersion.Tls13, aead, [new(1 << 10, small, 10), new(256 << 10, large, 100)]);
}
