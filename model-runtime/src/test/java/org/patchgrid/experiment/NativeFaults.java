package org.patchgrid.experiment;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.NativeResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * DJL's way into libtorch, where a chosen call fails as libtorch does, and which counts the arrays
 * and values that are open. Deleting never fails. One at a time in a process; others' threads must
 * not compute meanwhile.
 */
public final class NativeFaults implements AutoCloseable {
  /** What a call throws. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault(String call) {
      super("libtorch failed in " + call);
    }
  }

  private static final long NEVER = Long.MAX_VALUE;

  // What the changed classes reach.
  private static final AtomicLong CALLS = new AtomicLong();
  private static final AtomicLong OPEN = new AtomicLong();
  private static volatile long at = NEVER;

  private final ClassReloadingStrategy classes;

  private NativeFaults(ClassReloadingStrategy classes) {
    this.classes = classes;
  }

  static NativeFaults install() {
    ByteBuddyAgent.install();
    OPEN.set(0);
    NativeFaults faults = new NativeFaults(ClassReloadingStrategy.fromInstalledAgent());
    ElementMatcher.Junction<MethodDescription> calls =
        ElementMatchers.isStatic()
            .and(ElementMatchers.isPublic())
            .and(ElementMatchers.not(ElementMatchers.nameStartsWith("delete")));
    AsmVisitorWrapper.ForDeclaredMethods fails = Advice.to(Call.class).on(calls);
    faults.change(JniUtils.class, fails);
    faults.change(IValueUtils.class, fails);
    for (Class<?> resource : List.of(PtNDArray.class, IValue.class)) {
      faults.change(
          resource,
          fails,
          Advice.to(Opened.class).on(ElementMatchers.isConstructor()),
          Advice.to(Closed.class).on(ElementMatchers.named("close")));
    }
    return faults;
  }

  private void change(Class<?> type, AsmVisitorWrapper... visitors) {
    new ByteBuddy()
        .redefine(type)
        .visit(new AsmVisitorWrapper.Compound(visitors))
        .make()
        .load(type.getClassLoader(), classes);
  }

  /** How many calls {@code action} makes. */
  long calls(Runnable action) {
    long before = CALLS.get();
    action.run();
    return CALLS.get() - before;
  }

  /** Runs {@code action}, whose call with this number fails, from 1. */
  void failingAt(long call, Runnable action) {
    at = CALLS.get() + call;
    try {
      action.run();
    } finally {
      at = NEVER;
    }
  }

  /** Arrays and values that were made since this was installed and are open. */
  long open() {
    return OPEN.get();
  }

  @Override
  public void close() {
    try {
      classes.reset(JniUtils.class, IValueUtils.class, PtNDArray.class, IValue.class);
    } catch (IOException e) {
      throw new UncheckedIOException("DJL's classes stay changed", e);
    }
  }

  // Called by DJL's changed classes, and therefore public.

  /** Before a call. */
  public static void called(String call) {
    if (CALLS.incrementAndGet() == at) {
      throw new Fault(call);
    }
  }

  /** An array or value more. */
  public static void opened() {
    OPEN.incrementAndGet();
  }

  /** One less, unless it was closed before. */
  public static void closed(NativeResource<?> resource) {
    if (!resource.isReleased()) {
      OPEN.decrementAndGet();
    }
  }

  private static final class Call {
    @Advice.OnMethodEnter
    static void enter(@Advice.Origin("#m") String call) {
      called(call);
    }
  }

  private static final class Opened {
    @Advice.OnMethodExit
    static void exit() {
      opened();
    }
  }

  private static final class Closed {
    @Advice.OnMethodEnter
    static void enter(@Advice.This NativeResource<?> resource) {
      closed(resource);
    }
  }
}
