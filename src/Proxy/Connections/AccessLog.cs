namespace TlsProxy.Proxy.Connections;

/// <summary>The access log: lines of all workers, written by a thread of its own. Lines are lost, and counted, when the file is slower than they come
/// or can't be written.</summary>
internal sealed class AccessLog : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private static readonly TimeSpan FlushPeriod = TimeSpan.FromMilliseconds(200);

    private readonly Func<Stream> _open;
    private readonly Action<Exception>? _onTrouble;
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ending = new();
    private Stream _output;
    private byte[] _filling = new byte[BufferBytes];
    private byte[] _writing = new byte[BufferBytes];
    private int _length;
    private long _lost;
    private bool _isTroubled;
    private volatile bool _reopens;

    /// <param name="open">Opens the file, anew at each <see cref="Reopen"/>; the log owns the stream. The first failure is the caller's.</param>
    /// <param name="onTrouble">Told by the log's thread when lines begin to be lost, or the file can't be opened again.</param>
    public AccessLog(Func<Stream> open, Action<Exception>? onTrouble = null)
    {
        _open = open;
        _onTrouble = onTrouble;
        _output = open();
        _thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Lines that were not written.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Takes a line with its LF.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (line.Length > BufferBytes - _length)
            {
                Interlocked.Increment(ref _lost);
                return;
            }

            line.CopyTo(_filling.AsSpan(_length));
            _length += line.Length;
        }
    }

    /// <summary>Has the file opened anew by its name, soon: the one before may have been renamed. What has come so far goes to that.</summary>
    public void Reopen() => _reopens = true;

    /// <summary>Writes what has come and closes the file.</summary>
    public void Dispose()
    {
        _ending.Set();
        _thread.Join();
        Close(_output);
        _ending.Dispose();
    }

    private void Run()
    {
        var last = false;
        while (!last)
        {
            last = _ending.Wait(FlushPeriod);
            // Asked before the lines are taken: those that follow the request to reopen are then in the new file.
            var reopens = _reopens;
            int length;
            lock (_gate)
            {
                (_filling, _writing) = (_writing, _filling);
                length = _length;
                _length = 0;
            }

            if (length > 0)
                Output(_writing.AsSpan(0, length));
            if (reopens)
                TryReopen();
        }
    }

    private void Output(ReadOnlySpan<byte> lines)
    {
        try
        {
            // A file may have been emptied meanwhile, or be another process's too.
            if (_output.CanSeek)
                _output.Seek(0, SeekOrigin.End);
            _output.Write(lines);
            _output.Flush();
            _isTroubled = false;
        }
        catch (IOException exception)
        {
            // A full disk isn't a reason to end serving.
            Interlocked.Add(ref _lost, lines.Count((byte)'\n'));
            if (!_isTroubled)
                _onTrouble?.Invoke(exception);
            _isTroubled = true;
        }
    }

    private void TryReopen()
    {
        _reopens = false;
        try
        {
            var opened = _open();
            Close(_output);
            _output = opened;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _onTrouble?.Invoke(exception);
        }
    }

    private void Close(Stream output)
    {
        try
        {
            output.Dispose();
        }
        catch (IOException exception)
        {
            _onTrouble?.Invoke(exception);
        }
    }
}
