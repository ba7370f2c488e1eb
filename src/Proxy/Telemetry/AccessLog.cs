using System.Globalization;
using TlsProxy.Proxy.Telemetry.Logging;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>The access log: lines of all workers, written by a thread of its own. Lines are lost, and counted, when the file is slower than
/// they come or can't be written. Only that thread touches the file: a pipe without a reader or a file system that hangs blocks it and
/// nothing else.</summary>
/// <remarks>So many fields because two buffers and the signals between workers and the log's thread change under one lock.</remarks>
internal sealed class AccessLog : IDisposable
{
    /// <summary>Bytes that the log takes, however slow its file is.</summary>
    public const int BytesMaximum = (2 * BufferBytes) + (64 * 1024);

    private const int BufferBytes = 1 << 20;
    private const string Place = "the access log";
    private static readonly TimeSpan FlushPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Func<Stream> _open;
    private readonly Action<Exception>? _onTrouble;
    private readonly FaultLedger _faults;
    private readonly TimeSpan _flushPeriod;

    // Guards the buffers, their lengths and _abandoned, which the thread that stops the log alone writes.
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set where there is something to do: a first line has come, the file is to be opened again, or the log ends.
    private readonly AutoResetEvent _begun = new(false);

    // Set where there is reason to write before the period is over: the buffer is half full, or the log ends.
    private readonly ManualResetEventSlim _due = new();
    private byte[] _filling = new byte[BufferBytes];
    private byte[] _writing = new byte[BufferBytes];
    private int _length;
    private int _underWay;
    private long _lost;
    private long _turns;
    private bool _abandoned;
    private bool _isTroubled;
    private volatile bool _reopens;
    private volatile bool _ends;

    /// <param name="open">Opens the file, again at each <see cref="Reopen"/>; the log owns the stream. The caller gets the first
    /// failure.</param>
    /// <param name="onTrouble">Called on the log's thread when lines begin to be lost, or the file can't be opened again.</param>
    /// <param name="openPatience">Time for the file to open, 3 s by default; a FIFO without a reader doesn't.</param>
    /// <param name="faults">Where what the file throws beside errors of the system is counted; null lets it pass.</param>
    /// <param name="flushPeriod">How long lines wait at most, 200 ms by default, while the buffer isn't half full.</param>
    /// <exception cref="TimeoutException">The file didn't open in time.</exception>
    public AccessLog(
        Func<Stream> open, Action<Exception>? onTrouble = null, TimeSpan? openPatience = null, FaultLedger? faults = null,
        TimeSpan? flushPeriod = null)
    {
        _flushPeriod = flushPeriod ?? FlushPeriod;
        _faults = faults ?? FaultLedger.Passing;
        _open = open;
        _onTrouble = onTrouble;
        _thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        _thread.Start();
        var patience = openPatience ?? Patience;
        if (Task.WaitAny([_opened.Task], patience) < 0)
        {
            Finish();
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"it didn't open within {patience.TotalSeconds} s: nothing reads the FIFO, or its file system hangs"));
        }

        _opened.Task.GetAwaiter().GetResult();
    }

    /// <summary>Lines that were not written.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>How often the log's thread has begun to gather lines: it sleeps while there are none. It alone writes this.</summary>
    public long Turns
    {
        get => Interlocked.Read(ref _turns);
        private set => Interlocked.Exchange(ref _turns, value);
    }

    /// <summary>How its lines are written.</summary>
    public AccessLogFormat Format { get; init; }

    /// <summary>Puts a line together and takes it.</summary>
    /// <param name="memory">Room for the line.</param>
    public void Write(Span<byte> memory, in LoggedExchange exchange)
    {
        var line = new LineWriter(memory);
        switch (Format)
        {
            case AccessLogFormat.Combined:
                AccessLogLines.WriteCombined(ref line, exchange);
                break;
            case AccessLogFormat.Json:
                AccessLogObjects.Write(ref line, exchange);
                break;
            default:
                AccessLogLines.WriteText(ref line, exchange);
                break;
        }

        if (line.Overflowed)
            Interlocked.Increment(ref _lost);
        else
            Write(memory[..line.Length]);
    }

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

            if (_length == 0)
                _begun.Set();
            line.CopyTo(_filling.AsSpan(_length));
            _length += line.Length;
            // A burst is written while there is room for the rest of it.
            if (_length > BufferBytes / 2 && !_due.IsSet)
                _due.Set();
        }
    }

    /// <summary>Has the file opened again by name, soon: the one before may have been renamed. What has come so far goes to that.</summary>
    public void Reopen()
    {
        _reopens = true;
        _begun.Set();
    }

    /// <summary>Writes what has come and closes the file, or gives both up when the file takes longer than <paramref name="patience"/>:
    /// the lines not yet written are then lost and counted, and the thread ends with the process.</summary>
    /// <returns>False when the file was given up.</returns>
    public bool Stop(TimeSpan patience)
    {
        Finish();
        if (_thread.Join(_abandoned ? TimeSpan.Zero : patience))
            return true;
        lock (_gate)
        {
            if (_abandoned)
                return false;
            _abandoned = true;
            // The lines under way may have been written in part: none is sure to be whole in the file.
            CountLost(_filling.AsSpan(0, _length));
            CountLost(_writing.AsSpan(0, _underWay));
            // No more lines fit: those that still come are counted.
            _length = BufferBytes;
        }

        return false;
    }

    public void Dispose() => Stop(Patience);

    private void Finish()
    {
        _ends = true;
        _due.Set();
        _begun.Set();
    }

    private void Run()
    {
        Stream output;
        try
        {
            output = _open();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _opened.SetException(exception);
            return;
        }

        _opened.SetResult();
        Write(ref output);
        Close(output);
    }

    private void Write(ref Stream output)
    {
        var last = false;
        while (!last)
        {
            _begun.WaitOne();
            Turns++;
            _due.Wait(_flushPeriod);
            _due.Reset();
            // Read behind the reset: an end that comes later sets it again.
            last = _ends;
            // Read before the lines are taken: those that follow the request to reopen are then in the new file.
            var reopens = _reopens;
            if (!TryTake(out var length))
                return;
            if (length > 0)
                Output(output, _writing.AsSpan(0, length));
            if (reopens)
                TryReopen(ref output);
        }
    }

    /// <summary>Takes the lines that have come, in place of those before, which are done with.</summary>
    private bool TryTake(out int length)
    {
        lock (_gate)
        {
            length = _length;
            if (_abandoned)
                return false;
            (_filling, _writing) = (_writing, _filling);
            _underWay = length;
            _length = 0;
            return true;
        }
    }

    private void Output(Stream output, ReadOnlySpan<byte> lines)
    {
        try
        {
            _faults.Point?.Invoke(Place, null);
            output.Write(lines);
            output.Flush();
            _isTroubled = false;
        }
        catch (IOException exception)
        {
            // A full disk isn't a reason to end serving.
            Lose(lines, exception);
        }
        catch (Exception fault) when (_faults.Contains(fault))
        {
            _faults.Note(Place, fault);
            Lose(lines, fault);
        }

        lock (_gate)
            _underWay = 0;
    }

    private void Lose(ReadOnlySpan<byte> lines, Exception exception)
    {
        CountLost(lines);
        if (!_isTroubled)
            Tell(exception);
        _isTroubled = true;
    }

    private void Tell(Exception exception) =>
        _faults.Attempt(Place, (_onTrouble, exception), static trouble => trouble._onTrouble?.Invoke(trouble.exception));

    private void CountLost(ReadOnlySpan<byte> lines) => Interlocked.Add(ref _lost, lines.Count((byte)'\n'));

    private void TryReopen(ref Stream output)
    {
        _reopens = false;
        try
        {
            var before = output;
            output = _open();
            Close(before);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(exception);
        }
        catch (Exception fault) when (_faults.Contains(fault))
        {
            _faults.Note(Place, fault);
            Tell(fault);
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
            Tell(exception);
        }
        catch (Exception fault) when (_faults.Contains(fault))
        {
            _faults.Note(Place, fault);
        }
    }
}
