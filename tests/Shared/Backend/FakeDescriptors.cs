namespace TlsProxy.Testing.Backend;

/// <summary>Open files by descriptor. The lowest free number is used again at once, as a kernel does.</summary>
internal sealed class FakeDescriptors
{
    private const int First = 3;

    private readonly List<object?> _files = [];

    public int Count { get; private set; }

    public IEnumerable<FakeSocket> Sockets => _files.OfType<FakeSocket>();

    public int Add(object file)
    {
        Count++;
        var index = _files.IndexOf(null);
        if (index < 0)
        {
            index = _files.Count;
            _files.Add(null);
        }

        _files[index] = file;
        return index + First;
    }

    /// <summary>The open file of a descriptor.</summary>
    /// <exception cref="InvalidOperationException">There is none: a descriptor was used after its close.</exception>
    public object Find(int descriptor)
    {
        var index = descriptor - First;
        return (index >= 0 && index < _files.Count ? _files[index] : null)
            ?? throw new InvalidOperationException($"Descriptor {descriptor} was used, but isn't open.");
    }

    public FakeSocket Socket(int descriptor) =>
        Find(descriptor) as FakeSocket ?? throw new InvalidOperationException($"Descriptor {descriptor} is no connection.");

    public void Remove(int descriptor)
    {
        Find(descriptor);
        _files[descriptor - First] = null;
        Count--;
    }
}
