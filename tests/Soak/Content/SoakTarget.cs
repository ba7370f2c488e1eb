namespace TlsProxy.Soak.Content;

/// <summary>A target of the origin, and what it answers there.</summary>
/// <param name="Path">Unique.</param>
/// <param name="BaseLength">Bytes of the first version; see <see cref="LengthOf"/>.</param>
/// <param name="LifetimeSeconds">max-age; 0 stands for no-store.</param>
/// <param name="StaleSeconds">Both stale-while-revalidate and stale-if-error; 0 for none.</param>
/// <param name="IsChunked">Whether the length isn't told.</param>
/// <param name="Varies">Whether the answer depends on Accept-Language.</param>
/// <param name="HasTag">Whether there is a strong ETag.</param>
internal sealed record SoakTarget(
    string Path, int BaseLength, int LifetimeSeconds, int StaleSeconds, bool IsChunked, bool Varies, bool HasTag)
{
    public static readonly string[] Languages = ["de", "en", "fr"];

    /// <summary>Bytes of a version: no two that follow each other are of one length.</summary>
    public long LengthOf(int version) => BaseLength + (BaseLength == 0 ? 0 : version % 7);

    /// <summary>The variant that a client of a language gets.</summary>
    public string VariantOf(string language) => Varies ? language : "";
}
