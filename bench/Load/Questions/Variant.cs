namespace TlsProxy.Bench.Load.Questions;

/// <summary>A setting of the proxy that a question compares.</summary>
/// <param name="Name">As tables and charts call it.</param>
/// <param name="Options">Of <c>tlsproxy serve</c>; none for what it does by default.</param>
internal sealed record Variant(string Name, params string[] Options)
{
    public static Variant Default { get; } = new("default");

    /// <param name="setting">Of <c>--tune</c>, which is its name too.</param>
    public static Variant Tuned(string setting) => new(setting, "--tune", setting);
}
