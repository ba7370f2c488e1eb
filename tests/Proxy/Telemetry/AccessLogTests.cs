using System.Text;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Testing;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Streams;

namespace TlsProxy.Proxy.Tests.Telemetry;

public sealed class AccessLogTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();

    private string Path => _folder["access.log"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_added_to_those_there_were()
    {
        File.WriteAllText(Path, "before\n");
        using (var log = new AccessLog(Open))
            log.Write("line\n"u8);
        Assert.Equal("before\nline\n", File.ReadAllText(Path));
    }

    [Fact]
    public void What_can_not_be_written_is_lost_and_counted_and_the_next_is_written()
    {
        using var disk = new FullDisk();
        using var troubled = new ManualResetEventSlim();
        var log = new AccessLog(() => disk, exception => troubled.Set());
        log.Write("one\ntwo\n"u8);
        Assert.True(troubled.Wait(s_patience));
        disk.IsFull = false;
        log.Write("three\n"u8);
        log.Dispose();

        Assert.Equal(2, log.Lost);
        Assert.Equal("three\n", disk.Text);
    }

    [Fact]
    public void A_file_that_throws_what_no_file_should_costs_its_lines_and_the_next_are_written()
    {
        using var written = new MemoryStream();
        using var troubled = new ManualResetEventSlim();
        var isFaulty = true;
        var faults = new FaultLedger
        {
            Point = (_, _) =>
            {
                if (Volatile.Read(ref isFaulty))
                    throw new NotSupportedException("The test's own.");
            },
        };
        var log = new AccessLog(() => written, _ => troubled.Set(), faults: faults);
        log.Write("one\n"u8);
        Assert.True(troubled.Wait(s_patience));
        Volatile.Write(ref isFaulty, false);
        log.Write("two\n"u8);
        log.Dispose();

        Assert.Equal(1, log.Lost);
        Assert.Equal(1, faults.Count);
        Assert.Equal("two\n", System.Text.Encoding.ASCII.GetString(written.ToArray()));
    }

    [Fact]
    public void Whatever_throws_when_the_file_is_opened_again_or_closed_is_counted_and_the_log_goes_on()
    {
        using var troubled = new SemaphoreSlim(0);
        using var written = new MemoryStream();
        var faults = new FaultLedger();
        var opened = 0;
        var log = new AccessLog(OpenNext, TellAndThrow, faults: faults);
        log.Reopen();
        Assert.True(troubled.Wait(s_patience));
        log.Reopen();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref opened) == 3, s_patience));
        log.Write("line\n"u8);
        log.Dispose();

        Assert.Equal("line\n", Encoding.ASCII.GetString(written.ToArray()));
        Assert.Equal(0, log.Lost);
        // The second open, being told of it, and the end of the first stream.
        Assert.Equal(3, faults.Count);

        Stream OpenNext() => Interlocked.Increment(ref opened) switch
        {
            1 => new StubbornStream(),
            2 => throw new InvalidOperationException("The test's own."),
            _ => written,
        };

        void TellAndThrow(Exception exception)
        {
            troubled.Release();
            throw new FormatException("The test's own, again.", exception);
        }
    }

    [Fact]
    public void A_file_that_was_emptied_is_written_from_its_beginning()
    {
        using var log = new AccessLog(Open);
        log.Write("first\n"u8);
        WaitFor(Path, "first\n");
        using (var file = new FileStream(Path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
            Assert.Equal(0, file.Length);
        log.Write("second\n"u8);
        WaitFor(Path, "second\n");
    }

    [Fact]
    public void A_file_that_was_renamed_is_left_when_the_log_is_told()
    {
        using var log = new AccessLog(Open);
        log.Write("first\n"u8);
        WaitFor(Path, "first\n");
        File.Move(Path, _folder["access.log.1"]);
        log.Write("second\n"u8);
        WaitFor(_folder["access.log.1"], "first\nsecond\n");

        log.Reopen();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path), s_patience));
        log.Write("third\n"u8);
        WaitFor(Path, "third\n");
        Assert.Equal("first\nsecond\n", File.ReadAllText(_folder["access.log.1"]));
    }

    [Fact]
    public void Where_the_file_can_not_be_opened_again_the_one_before_goes_on()
    {
        var opened = 0;
        using var troubled = new ManualResetEventSlim();
        using var log = new AccessLog(
            () => opened++ == 0 ? Open() : throw new UnauthorizedAccessException("no"), exception => troubled.Set());
        log.Reopen();
        Assert.True(troubled.Wait(s_patience));
        log.Write("line\n"u8);
        WaitFor(Path, "line\n");
    }

    [Fact]
    public void A_burst_is_written_before_its_buffer_is_full()
    {
        using var log = new AccessLog(Open, flushPeriod: Timeout.InfiniteTimeSpan);
        var line = new string('x', 1023) + "\n";
        for (var lines = 0; lines < 600; lines++)
            log.Write(Encoding.ASCII.GetBytes(line));
        Assert.True(SpinWait.SpinUntil(() => new FileInfo(Path).Length >= 512 * 1024, s_patience));
        log.Dispose();
        Assert.Equal(600 * 1024, new FileInfo(Path).Length);
    }

    [Fact]
    public void The_log_s_thread_sleeps_while_there_are_no_lines()
    {
        using var log = new AccessLog(Open, flushPeriod: TimeSpan.FromMilliseconds(1));
        for (var lines = 1; lines <= 3; lines++)
        {
            log.Write("line\n"u8);
            WaitFor(Path, string.Concat(Enumerable.Repeat("line\n", lines)));
            Assert.Equal(lines, log.Turns);
        }
    }

    [Fact]
    public void A_file_that_takes_no_bytes_is_given_up_and_its_lines_are_counted()
    {
        using var pipe = new FullPipe();
        using var log = new AccessLog(() => pipe);
        log.Write("one\ntwo\n"u8);
        Assert.True(pipe.Began.Wait(s_patience));
        log.Write("three\n"u8);

        Assert.False(log.Stop(TimeSpan.FromMilliseconds(1)));
        log.Write("four\n"u8);

        Assert.Equal(4, log.Lost);
        Assert.False(log.Stop(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(4, log.Lost);
        pipe.Room.Set();
    }

    [Fact]
    public void A_file_that_does_not_open_ends_the_start()
    {
        using var opens = new ManualResetEventSlim();
        var opened = new MemoryStream();
        var refused = Assert.Throws<TimeoutException>(() => new AccessLog(Open, openPatience: TimeSpan.FromMilliseconds(1)));
        Assert.Contains("nothing reads the FIFO", refused.Message, StringComparison.Ordinal);

        // What opens later is closed and gets nothing.
        opens.Set();
        Assert.True(SpinWait.SpinUntil(() => !opened.CanWrite, s_patience));

        MemoryStream Open()
        {
            opens.Wait(s_patience);
            return opened;
        }
    }

    private static void WaitFor(string path, string text)
    {
        SpinWait.SpinUntil(() => File.Exists(path) && Read(path) == text, s_patience);
        Assert.Equal(text, Read(path));
    }

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private FileStream Open() => AppendingFile.Open(Path);

    /// <summary>A file on a disk that is full at first.</summary>
    private sealed class FullDisk : MemoryStream
    {
        private volatile bool _isFull = true;

        public bool IsFull
        {
            get => _isFull;
            set => _isFull = value;
        }

        public string Text => Encoding.ASCII.GetString(ToArray());

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_isFull)
                throw new IOException("No space left on device");
            base.Write(buffer);
        }
    }

    /// <summary>A file whose end throws what no file should.</summary>
    private sealed class StubbornStream : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new NotSupportedException("The test's own.");
        }
    }

    /// <summary>A pipe that nobody reads, until there is room.</summary>
    private sealed class FullPipe : MemoryStream
    {
        public ManualResetEventSlim Began { get; } = new();

        public ManualResetEventSlim Room { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Began.Set();
            Room.Wait(s_patience);
        }
    }
}
