using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Loop;

/// <summary>What callbacks throw ends their own life only, and what is no callback's fault ends the loop.</summary>
public sealed class ContainmentTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ScriptedBackend _backend;
    private readonly FaultLedger _faults = new();
    private readonly EventLoop _loop;
    private readonly List<string> _told = [];

    public ContainmentTests()
    {
        _backend = new ScriptedBackend(_pool);
        _loop = new EventLoop(_backend, 0, _faults);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void A_life_ends_whose_completion_deadline_or_work_throws_and_the_others_go_on()
    {
        var faulty = new Life("faulty", _told, throws: true);
        var sound = new Life("sound", _told);
        foreach (var life in new[] { faulty, sound })
        {
            _loop.Receive(life.Operation, 10);
            _loop.Arm(life.Deadline, TimeSpan.FromTicks(1));
            _loop.Post(life);
            _loop.Defer(life);
            _backend.Receive(life.Operation, "x"u8, more: false);
        }

        _backend.Now = 1_000;
        _loop.Turn(wait: false);

        Assert.Equal(
            [
                "faulty ends", "sound: Receive", "faulty ends", "sound: work",
                "faulty ends", "sound: work", "faulty ends", "sound: deadline",
            ],
            _told);
        Assert.Equal(4, _faults.Count);
        Assert.Equal(0, _backend.BuffersInUse);
        Assert.Equal(0, _loop.PendingOperations);
    }

    [Fact]
    public void An_end_that_throws_is_counted_too_and_the_loop_goes_on()
    {
        _loop.Post(new Life("worst", _told, throws: true, throwsAtItsEnd: true));
        _loop.Post(new Life("sound", _told));

        _loop.Turn(wait: false);

        Assert.Equal(["sound: work"], _told);
        Assert.Equal(2, _faults.Count);
    }

    [Theory]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(LoopLostException))]
    public void A_loop_ends_by_what_no_life_is_to_blame_for(Type kind)
    {
        var thrown = kind == typeof(LoopLostException) ? new LoopLostException("lost") : (Exception)Activator.CreateInstance(kind)!;
        _loop.Post(new Life("any", _told, thrown: thrown));

        Assert.Same(thrown, Record.Exception(() => _loop.Turn(wait: false)));
        Assert.Equal(0, _faults.Count);
    }

    [Fact]
    public void A_submission_that_throws_leaves_the_operation_free()
    {
        var life = new Life("any", _told);
        _loop.Receive(life.Operation, 10);

        Assert.Throws<InvalidOperationException>(() => _loop.Poll(life.Operation, 10, 1));

        Assert.Equal(OperationKind.Receive, life.Operation.Kind);
        Assert.Equal(1, _loop.PendingOperations);
    }

    [Fact]
    public void A_socket_is_closed_when_the_last_operation_of_its_faulted_owner_has_ended()
    {
        var life = new Life("any", _told);
        var close = new Operation(life);
        _loop.Receive(life.Operation, 10);
        _loop.Close(close, 10);
        var heir = new AbandonedSocket(_loop, () => _told.Add("closed"));
        heir.TakeOver(life.Operation);
        heir.TakeOver(close);
        heir.Close(-1);
        Assert.Equal([life.Operation], _backend.Cancelled);
        Assert.Empty(_told);

        _backend.Fail(life.Operation, Errno.ECANCELED);
        _loop.Turn(wait: false);
        Assert.Empty(_told);

        _backend.Complete(close, 0);
        _loop.Turn(wait: false);
        Assert.Equal(["closed"], _told);
    }

    private sealed class Life : ICompletionHandler, IDeadlineHandler, IPosted
    {
        private readonly string _name;
        private readonly List<string> _told;
        private readonly Exception? _thrown;
        private readonly bool _throwsAtItsEnd;

        public Life(string name, List<string> told, bool throws = false, bool throwsAtItsEnd = false, Exception? thrown = null)
        {
            _name = name;
            _told = told;
            _thrown = throws ? new InvalidOperationException("The test's own.") : thrown;
            _throwsAtItsEnd = throwsAtItsEnd;
            Operation = new Operation(this);
            Deadline = new Deadline(this);
        }

        public Operation Operation { get; }

        public Deadline Deadline { get; }

        public void OnCompleted(Operation operation, in OperationResult result) => Tell($"{operation.Kind}");

        public void OnDeadline(Deadline deadline) => Tell("deadline");

        public void Run() => Tell("work");

        public void OnFault()
        {
            if (_throwsAtItsEnd)
                throw new InvalidOperationException("The test's own, again.");
            _told.Add($"{_name} ends");
        }

        private void Tell(string what)
        {
            if (_thrown is not null)
                throw _thrown;
            _told.Add($"{_name}: {what}");
        }
    }
}
