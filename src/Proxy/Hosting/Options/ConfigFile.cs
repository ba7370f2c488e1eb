using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Configuration;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Files;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The JSON file of <c>--config</c>. It is read once, since a pipe gives its contents once.</summary>
/// <param name="Path">Its name, for messages.</param>
/// <param name="Json">Its contents, each text of which can be read.</param>
internal sealed record ConfigFile(string Path, ReadOnlyMemory<byte> Json)
{
    // A rule takes some hundred bytes.
    private const int BytesMaximum = 16 << 20;

    private const string Option = "--config";

    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="StartException">The file can't be read, or isn't JSON.</exception>
    public static ConfigFile Read(string path)
    {
        if (path.Length == 0)
            throw new StartException($"{Option}: the name of the file is empty; name a JSON file, or leave the option out.");
        try
        {
            var json = WithoutMark(OperatorFile.ReadAll(path, BytesMaximum, OperatorFile.PipePatience));
            CheckTexts(json.Span);
            return new ConfigFile(path, json);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, FileErrors.Reason(exception));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable(path, exception.Message.TrimEnd('.'));
        }
    }

    /// <summary>Its settings as text.</summary>
    /// <exception cref="StartException">It isn't one JSON object.</exception>
    public IConfiguration Parse()
    {
        try
        {
            return new ConfigurationBuilder().AddJsonStream(new MemoryStream(Json.ToArray())).Build();
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException or JsonException)
        {
            throw Unreadable(Path, exception.GetBaseException().Message);
        }
    }

    /// <summary>Editors may write a byte order mark, which a reader may ignore (RFC 8259, section 8.1).</summary>
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> json) => json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;

    /// <summary>The grammar of JSON allows texts that aren't Unicode (RFC 8259, section 8.2), and JsonDocument says so only when one is
    /// asked for.</summary>
    private static void CheckTexts(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new FormatException("its bytes aren't UTF-8: save it as UTF-8");
        var reader = new Utf8JsonReader(json, Lenient);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                reader.GetString();
        }
    }

    private static StartException Unreadable(string path, string reason) =>
        new($"{Option}: {path} can't be read ({reason}); name a file with one JSON object.");
}
