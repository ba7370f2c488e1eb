using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>Which media types files of an extension have. An origin that overlooks the end of a path answers <c>/account/x.css</c> with the
/// account, and its type tells.</summary>
internal static class ContentTypes
{
    private static readonly (string Extensions, string Types)[] Kinds =
    [
        ("css", "text/css"),
        ("js mjs cjs", "text/javascript application/javascript application/x-javascript text/ecmascript application/ecmascript"),
        ("json map geojson jsonld webmanifest", "application/json text/json application/*+json"),
        ("xml rss atom xsl xsd kml gpx", "application/xml text/xml application/*+xml"),
        ("html htm xhtml", "text/html application/xhtml+xml"),
        ("txt text log md", "text/plain text/markdown"),
        ("csv tsv", "text/csv text/tab-separated-values text/plain"),
        ("vtt srt", "text/vtt text/srt application/x-subrip text/plain"),
        ("png jpg jpeg jpe gif webp avif apng ico cur bmp tif tiff heic heif jxl svg svgz", "image/*"),
        ("woff woff2 ttf otf ttc eot",
            "font/* application/font-* application/x-font-* application/vnd.ms-fontobject application/vnd.ms-opentype"),
        ("mp4 m4v m4s cmfv cmfa ts m2ts webm mkv mov avi flv wmv mpg mpeg 3gp ogv", "video/* audio/* application/mp4"),
        ("mp3 m4a aac ogg oga opus wav flac weba mid", "audio/* video/* application/ogg"),
        ("m3u8 m3u", "application/vnd.apple.mpegurl application/x-mpegurl application/mpegurl audio/mpegurl audio/x-mpegurl"),
        ("mpd", "application/dash+xml video/vnd.mpeg.dash.mpd"),
        ("wasm", "application/wasm"),
        ("pdf", "application/pdf"),
        ("doc docx xls xlsx ppt pptx odt ods odp", "application/msword application/vnd.*"),
        ("zip gz tgz bz2 xz zst 7z rar tar br", "application/*zip* application/zstd application/x-* application/vnd.rar"),
        ("jar apk exe msi dmg pkg deb rpm iso img bin", "application/java-archive application/vnd.* application/x-*"),
    ];

    // An origin that doesn't know a file's type says this of it, and no page comes as this.
    private const string Unknown = " application/octet-stream binary/octet-stream";

    private static readonly Dictionary<string, byte[][]> ByExtension = Kinds
        .Select(kind => (kind.Extensions, Types: (kind.Types + Unknown).Split(' ').Select(Encoding.ASCII.GetBytes).ToArray()))
        .SelectMany(kind => kind.Extensions.Split(' ').Select(extension => KeyValuePair.Create(extension, kind.Types)))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The types of an extension, as patterns; empty for one that isn't known.</summary>
    public static byte[][] Of(string? extension) => extension is not null && ByExtension.TryGetValue(extension, out var types) ? types : [];

    /// <summary>Whether a response says a type that is among some; one without a type says none.</summary>
    public static bool Fits(byte[][] types, FieldTable response)
    {
        if (!response.TryGet(KnownField.ContentType, out var value) || response.IsRepeated(KnownField.ContentType))
            return false;
        var type = Tokens.Trim(value.IndexOf((byte)';') is >= 0 and var end ? value[..end] : value);
        foreach (var pattern in types)
        {
            if (Glob.Matches(pattern, type, ignoresCase: true))
                return true;
        }

        return false;
    }
}
