using Microsoft.Extensions.Configuration;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Files;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The JSON file of <c>--config</c>. It is read once, since a pipe gives its contents once.</summary>
/// <param name="Path">Its name, for messages.</param>
/// <param name="Json">Its contents.</param>
internal sealed record ConfigFile(string Path, ReadOnlyMemory<byte> Json)
{
    // A rule takes some hundred bytes.
    private const int BytesMaximum = 16 << 20;

    private const string Option = "--config";

    /// <exception cref="StartException">The file can't be read.</exception>
    public static ConfigFile Read(string path)
    {
        if (path.Length == 0)
            throw new StartException($"{Option}: the name of the file is empty; name a JSON file, or leave the option out.");
        try
        {
            return new ConfigFile(path, OperatorFile.ReadAll(path, BytesMaximum, OperatorFile.PipePatience));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, FileErrors.Reason(exception));
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
        catch (Exception exception) when (exception is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            throw Unreadable(Path, exception.GetBaseException().Message);
        }
    }

    private static StartException Unreadable(string path, string reason) =>
        new($"{Option}: {path} can't be read ({reason}); name a file with one JSON object.");
}
