namespace TlsProxy.Proxy.Connections;

/// <summary>The access log: lines of all workers, written by a thread of its own. Lines are lost, and counted, when the file is slower than they come.</summary>
internal sealed class AccessLog : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private static readonly TimeSpan FlushPeriod = TimeSpan.FromMilliseconds(200);

    private readonly Stream _output;
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ending = new();
    private byte[] _filling = new byte[BufferBytes];
    private byte[] _writing = new byte[BufferBytes];
    private int _length;
    private long _lost;

    /// <param name="output">Owned and disposed by the log.</param>
    public AccessLog(Stream output)
    {
        _output = output;
        _thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Lines for which there was no room.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Takes a line with its LF.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (line.Length > BufferBytes - _length)
            {
                _lost++;
                return;
            }

            line.CopyTo(_filling.AsSpan(_length));
            _length += line.Length;
        }
    }

    /// <summary>Writes what has come and closes the file.</summary>
    public void Dispose()
    {
        _ending.Set();
        _thread.Join();
        _output.Dispose();
        _ending.Dispose();
    }

    private void Run()
    {
        var last = false;
        while (!last)
        {
            last = _ending.Wait(FlushPeriod);
            int length;
            lock (_gate)
            {
                (_filling, _writing) = (_writing, _filling);
                length = _length;
                _length = 0;
            }

            if (length == 0)
                continue;
            _output.Write(_writing, 0, length);
            _output.Flush();
        }
    }
}
