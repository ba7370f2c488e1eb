namespace TlsProxy.Integration.Tests.Harness;

/// <summary>The first line and the fields of a request or a response, as they came.</summary>
internal sealed record MessageHead(string FirstLine, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>The status code of a response.</summary>
    public int Status => int.Parse(FirstLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The target of a request.</summary>
    public string Target => FirstLine.Split(' ')[1];

    public string Method => FirstLine.Split(' ')[0];

    /// <summary>All values of a field, joined by a comma; null where it is absent.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Fields.Where(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    public int Count(string name) => Fields.Count(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a head; null where the stream ends before its first byte.</summary>
    public static async ValueTask<MessageHead?> ReadAsync(WireReader reader, CancellationToken cancellation)
    {
        var firstLine = await reader.ReadLineAsync(cancellation);
        if (firstLine is null)
            return null;

        var fields = new List<KeyValuePair<string, string>>();
        while (await reader.ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add(KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim()));
        }
        return new MessageHead(firstLine, fields);
    }
}
