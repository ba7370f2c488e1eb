using System.Globalization;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Costs;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Who makes the records of which cipher, and why, for people.</summary>
internal static class RecordChoiceText
{
    /// <summary>All ciphers in one line, such as <c>ktls auto at 256KiB: AES-128-GCM in user space (kernel 1.31×)</c>.</summary>
    public static string Line(RecordChoice choice) =>
        $"ktls auto at {OptionTexts.Size(choice.ThresholdBytes)}: " + (choice.Costs.Count == 0
            ? "records in user space, since nothing could be measured"
            : string.Join(", ", choice.Costs.Select(suite =>
                $"{Name(suite.Aead)} in {InWords(choice, suite.Aead)} ({Ratio(suite.RatioAt(choice.ThresholdBytes))})")));

    /// <summary>What one cipher costs at each size, and what follows.</summary>
    public static string Line(RecordChoice choice, SuiteCosts suite) =>
        string.Join("; ", suite.Sizes.Select(Costs))
        + $"; auto makes records in {InWords(choice, suite.Aead)} (" + (choice.ThresholdBytes == 0
            ? "whatever it costs)"
            : $"{Ratio(suite.RatioAt(choice.ThresholdBytes))} at {OptionTexts.Size(choice.ThresholdBytes)})");

    /// <summary>The cipher, as people write it.</summary>
    public static string Name(Aead aead) => aead switch
    {
        Aead.Aes128Gcm => "AES-128-GCM",
        Aead.Aes256Gcm => "AES-256-GCM",
        _ => "ChaCha20-Poly1305",
    };

    /// <summary>One word for programs: <c>kernel</c>, <c>user_space</c>, or <c>unmeasured</c>, which is user space, too.</summary>
    public static string Maker(RecordChoice choice, Aead aead) => choice.ReasonAgainst(aead) switch
    {
        KtlsReason.None => "kernel",
        KtlsReason.Dearer => "user_space",
        _ => "unmeasured",
    };

    private static string InWords(RecordChoice choice, Aead aead) =>
        choice.ReasonAgainst(aead) == KtlsReason.None ? "the kernel" : "user space";

    private static string Costs(RecordCost cost) =>
        $"{OptionTexts.Size(cost.Bytes)} kernel {Microseconds(cost.KernelMicroseconds)}, "
        + $"user space {Microseconds(cost.UserSpaceMicroseconds)}";

    private static string Ratio(double? ratio) =>
        ratio is { } known ? string.Create(CultureInfo.InvariantCulture, $"kernel {known:F2}×") : "not measured";

    private static string Microseconds(double? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:F1} µs") : "unknown";
}
