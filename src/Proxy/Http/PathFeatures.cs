namespace TlsProxy.Proxy.Http;

/// <summary>What of a path origins read differently.</summary>
[Flags]
internal enum PathFeatures : byte
{
    /// <summary>All origins read it alike, once what is percent-encoded has been decoded.</summary>
    None = 0,

    /// <summary>Segments <c>.</c> and <c>..</c>, encoded or not: resolved, or taken as names.</summary>
    Dots = 1,

    /// <summary>Slashes that follow each other: merged, or not.</summary>
    EmptySegments = 2,

    /// <summary>Encoded slashes and backslashes: separators, or data (RFC 3986, section 2.2).</summary>
    EncodedSlashes = 4,

    /// <summary>What follows a semicolon in a segment: left out, or part of the name (RFC 3986, section 3.3).</summary>
    Parameters = 8,

    /// <summary>An encoded semicolon, or an encoded slash behind a semicolon: decoded before parameters are left out, as by a proxy in
    /// front of the origin, or after.</summary>
    DecodedFirst = 16,

    /// <summary>All of these.</summary>
    Readings = Dots | EmptySegments | EncodedSlashes | Parameters | DecodedFirst,

    /// <summary>An encoding that normalisation would change (RFC 3986, section 6.2.2), or one of a control byte or of a delimiter at which
    /// an origin may cut the path.</summary>
    OddEncoding = 32,
}
