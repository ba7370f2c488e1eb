using TlsProxy.Handshake.Files;

namespace TlsProxy.Handshake.Tickets;

/// <summary>The ticket keys in use, for all threads. Those of our own are replaced with time; those of a file when it is read
/// anew.</summary>
public sealed class TicketKeyRing : IDisposable
{
    // Guards the keys of this moment and their age, so that one thread at a time replaces them. Handshakes take no lock: they acquire the
    // keys from _current.
    private readonly Lock _lock = new();
    private readonly string? _path;
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _time;
    private readonly Replaceable<TicketKeys> _current;
    private TicketKeys _keys;
    private long _made;

    // Written under the lock, read without it by the thread that reports metrics.
    private long _rotations;

    /// <param name="path">The file of the keys, or null for keys of our own.</param>
    /// <param name="lifetime">How long a key of our own makes tickets.</param>
    internal TicketKeyRing(string? path, TimeSpan lifetime, TimeProvider time)
    {
        _path = path;
        _lifetime = lifetime;
        _time = time;
        _made = time.GetTimestamp();
        _keys = path is null ? TicketKeys.Generate(null, 0) : TicketKeyFile.Read(path, OperatorFile.PipePatience);
        _current = new Replaceable<TicketKeys>(_keys);
    }

    /// <summary>Times that another key has begun to make tickets.</summary>
    public long Rotations => Volatile.Read(ref _rotations);

    /// <summary>Keys that are accepted now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _keys.Count;
        }
    }

    /// <summary>Replaces the key of our own that has made tickets for its time; it is accepted until the next has. To be called now and
    /// then.</summary>
    public void RotateIfDue()
    {
        lock (_lock)
        {
            var age = _time.GetElapsedTime(_made);
            if (_path is not null || age < _lifetime)
                return;
            Replace(TicketKeys.Generate(_keys, age < 2 * _lifetime ? 1 : 0));
            _made = _time.GetTimestamp();
        }
    }

    public void Dispose() => _current.Dispose();

    /// <summary>Reads the file again, where the keys are of one.</summary>
    /// <returns>Whether it holds other keys than before.</returns>
    /// <exception cref="TlsConfigurationException">The file can't be used; the keys stay.</exception>
    internal bool Reload()
    {
        if (_path is null)
            return false;
        var read = TicketKeyFile.Read(_path);
        lock (_lock)
        {
            if (read.SequenceEqual(_keys))
            {
                read.Release();
                return false;
            }

            Replace(read);
            return true;
        }
    }

    /// <summary>The keys of this moment; to be released.</summary>
    /// <returns>Null after the end.</returns>
    internal TicketKeys? TryAcquire() => _current.TryAcquire();

    private void Replace(TicketKeys keys)
    {
        if (!keys.Name(0).SequenceEqual(_keys.Name(0)))
            Volatile.Write(ref _rotations, _rotations + 1);
        _keys = keys;
        _current.Replace(keys);
    }
}
