namespace TlsProxy.Integration.Tests.Harness;

/// <summary>One well-formed request as it reached the origin.</summary>
/// <param name="Trailers">The lines behind a chunked body.</param>
internal sealed record RecordedRequest(
    string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Fields, string Body, string Trailers)
{
    /// <summary>All values of a field, joined by a comma; null where it is absent.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Fields
                .Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(field => field.Value).ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }
}
