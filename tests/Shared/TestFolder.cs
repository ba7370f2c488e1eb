namespace TlsProxy.Testing;

/// <summary>A folder of its own below the temporary folder, removed with all it holds.</summary>
public sealed class TestFolder : IDisposable
{
    public string Location { get; } = Directory.CreateTempSubdirectory("tlsproxy-").FullName;

    public string this[string name] => Path.Combine(Location, name);

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
